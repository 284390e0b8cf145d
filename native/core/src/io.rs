//! Reading and writing whole: short counts and interrupted calls are nobody else's concern.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::Timespec;
use rustix::io::{Errno, read, retry_on_intr, write};
use std::time::{Duration, Instant};

/// Reads to the end, or one byte more than `limit`.
///
/// # Errors
/// What read(2) says.
pub fn read_to_end(fd: impl AsFd, limit: usize) -> Result<Vec<u8>, Errno> {
    read_until(fd.as_fd(), limit, |count, _| count == 0)
}

/// Reads a file of /proc or of a cgroup that the kernel makes in one piece, as long as a buffer can hold it: what does not fill
/// the buffer is the end. Not for lists like mountinfo.
///
/// # Errors
/// What read(2) says.
pub fn read_piece(fd: impl AsFd, limit: usize) -> Result<Vec<u8>, Errno> {
    read_until(fd.as_fd(), limit, |count, room| count < room)
}

fn read_until(
    fd: BorrowedFd<'_>,
    limit: usize,
    is_end: impl Fn(usize, usize) -> bool,
) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; 4096.min(limit + 1)];
    let mut length = 0;
    loop {
        let room = bytes.len() - length;
        let count = retry_on_intr(|| read(fd, &mut bytes[length..]))?;
        length += count;
        if is_end(count, room) || length > limit {
            bytes.truncate(length);
            return Ok(bytes);
        }
        if length == bytes.len() {
            bytes.resize((length * 4).min(limit + 1), 0);
        }
    }
}

/// Reads a file of /proc that is short and that the kernel gives in one piece: there is no more than the first read brings.
///
/// # Errors
/// What read(2) says.
pub fn read_short(fd: impl AsFd) -> Result<Vec<u8>, Errno> {
    let fd = fd.as_fd();
    let mut bytes = vec![0; 4096];
    let length = retry_on_intr(|| read(fd, &mut bytes[..]))?;
    bytes.truncate(length);
    Ok(bytes)
}

/// Writes all of `bytes`.
///
/// # Errors
/// What write(2) says.
pub fn write_all(fd: impl AsFd, mut bytes: &[u8]) -> Result<(), Errno> {
    let fd = fd.as_fd();
    while !bytes.is_empty() {
        let count = retry_on_intr(|| write(fd, bytes))?;
        bytes = &bytes[count..];
    }
    Ok(())
}

/// A moment until which something may take.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// `milliseconds` from now; 0 is never.
    #[must_use]
    pub fn after(milliseconds: u32) -> Self {
        Self(
            (milliseconds > 0)
                .then(|| Instant::now() + Duration::from_millis(u64::from(milliseconds))),
        )
    }

    /// Whether the moment is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }

    /// What is left; `None` is for ever.
    #[must_use]
    pub fn rest(&self) -> Option<Duration> {
        self.0
            .map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// What is left, for the kernel; `None` is for ever.
    #[must_use]
    pub fn timespec(&self) -> Option<Timespec> {
        // A remainder under a nanosecond is no time; years beyond i64 seconds don't occur.
        self.rest().map(|rest| Timespec {
            tv_sec: i64::try_from(rest.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: rest.subsec_nanos().into(),
        })
    }
}

/// Waits until the descriptor can be read or is at its end; false when the deadline came first.
///
/// # Errors
/// What poll(2) says.
pub fn wait_readable(fd: BorrowedFd<'_>, deadline: Deadline) -> Result<bool, Errno> {
    wait_any_readable(&[fd], deadline)
}

/// The same for one of several.
///
/// # Errors
/// What poll(2) says.
pub fn wait_any_readable(fds: &[BorrowedFd<'_>], deadline: Deadline) -> Result<bool, Errno> {
    loop {
        let wanted = fds
            .iter()
            .map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN));
        let mut fds: Vec<PollFd<'_>> = wanted.collect();
        match poll(&mut fds, deadline.timespec().as_ref()) {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}
