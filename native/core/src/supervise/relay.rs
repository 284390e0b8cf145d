//! Carries bytes between the caller's standard streams and the container's terminal.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{OFlags, Timespec, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, read, write};
use rustix::stdio::{stdin, stdout};
use std::sync::Arc;

use crate::error::{Call, Result};

/// Up to `PIPE_BUF`, a write to a pipe that poll(2) says is writable does not wait.
const CHUNK: usize = 4096;

/// Bytes on the way in one direction.
#[derive(Default)]
struct Way {
    pending: Vec<u8>,
    is_closed: bool,
}

impl Way {
    fn wants_input(&self) -> bool {
        !self.is_closed && self.pending.is_empty()
    }

    fn take_from(&mut self, source: BorrowedFd<'_>) {
        if !self.wants_input() || !is_ready(source, PollFlags::IN) {
            return;
        }
        let mut bytes = [0; CHUNK];
        match read(source, &mut bytes) {
            Ok(0) => self.is_closed = true,
            Ok(count) => self.pending.extend(&bytes[..count]),
            Err(Errno::AGAIN | Errno::INTR) => {}
            // A master whose other end is closed everywhere says EIO.
            Err(_) => self.is_closed = true,
        }
    }

    fn give_to(&mut self, sink: BorrowedFd<'_>) {
        if self.pending.is_empty() || !is_ready(sink, PollFlags::OUT) {
            return;
        }
        match write(sink, &self.pending) {
            Ok(count) => drop(self.pending.drain(..count)),
            Err(Errno::AGAIN | Errno::INTR) => {}
            // Nobody reads any more: the container must not stop for that.
            Err(_) => self.pending.clear(),
        }
    }
}

fn is_ready(fd: BorrowedFd<'_>, wanted: PollFlags) -> bool {
    let mut fds = [PollFd::from_borrowed_fd(fd, wanted)];
    poll(
        &mut fds,
        Some(&Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        }),
    )
    .is_ok_and(|count| count > 0)
}

/// Both directions.
pub struct Relay {
    master: Arc<OwnedFd>,
    inward: Way,
    outward: Way,
}

impl Relay {
    pub fn new(master: Arc<OwnedFd>) -> Result<Self> {
        let flags = fcntl_getfl(&master).call("fcntl", "console")?;
        fcntl_setfl(&master, flags | OFlags::NONBLOCK).call("fcntl", "console")?;
        Ok(Self {
            master,
            inward: Way::default(),
            outward: Way::default(),
        })
    }

    pub fn master(&self) -> Arc<OwnedFd> {
        Arc::clone(&self.master)
    }

    /// What to wait for.
    pub fn interests<'a>(&'a self, fds: &mut Vec<PollFd<'a>>) {
        if self.inward.wants_input() {
            fds.push(PollFd::from_borrowed_fd(stdin(), PollFlags::IN));
        }
        if !self.outward.pending.is_empty() {
            fds.push(PollFd::from_borrowed_fd(stdout(), PollFlags::OUT));
        }
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, self.outward.wants_input());
        wanted.set(PollFlags::OUT, !self.inward.pending.is_empty());
        // A closed master is always "hung up", whatever is asked: not waited for.
        if !wanted.is_empty() && !self.outward.is_closed {
            fds.push(PollFd::new(&self.master, wanted));
        }
    }

    /// Moves what can be moved without waiting.
    pub fn carry(&mut self) {
        self.inward.take_from(stdin());
        self.inward.give_to(self.master.as_fd());
        self.outward.take_from(self.master.as_fd());
        self.outward.give_to(stdout());
    }

    /// The container has ended: writes out what its terminal still holds.
    pub fn drain(&mut self) {
        self.inward.pending.clear();
        loop {
            self.outward.take_from(self.master.as_fd());
            if self.outward.pending.is_empty() {
                return;
            }
            // The last bytes may wait for a slow reader.
            let _lost = crate::io::write_all(stdout(), &self.outward.pending);
            self.outward.pending.clear();
        }
    }
}
