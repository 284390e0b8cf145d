//! Stops and continues all processes of a cgroup: v1's freezer.state, v2's cgroup.freeze.
//! A cgroup that did not freeze in time is thawed again: half frozen it would hang whoever meets it.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, SeekFrom, seek};
use rustix::io::Errno;
use std::time::Duration;

use super::{failed, full_path, read_file, write_file};
use crate::beneath::open_straight;
use crate::error::{Call, Error, Result};
use crate::io::{Deadline, read_to_end};

/// v1's file; the other is v2's.
const STATE: &str = "freezer.state";
/// Every so many tries in vain the cgroup gets a moment to finish a fork in (v1 can't freeze what is being made).
const TRIES_BEFORE_THAW: u32 = 25;
const MAX_FILE: usize = 4096;

/// Freezes the cgroup whose file this is (`freezer.state` or `cgroup.freeze`), and waits until it is frozen.
///
/// # Errors
/// What reading and writing say; `ETIMEDOUT` when its processes can't be stopped: it is thawed then.
pub fn freeze(root: &str, path: &str, file: &str, timeout_ms: u32) -> Result<()> {
    let full = full_path(root, path, file)?;
    let deadline = Deadline::after(timeout_ms.max(1));
    let frozen = if file == STATE {
        freeze_v1(&full, deadline)
    } else {
        write_file(&full, "1")
            .map_err(failed(&full))
            .and_then(|()| wait_v2(root, path, "frozen 1", deadline))
    };
    frozen.inspect_err(|_| {
        let _as_far_as_it_goes = write_file(&full, thawed(file));
    })
}

/// Lets the processes of the cgroup continue, and waits until they may.
///
/// # Errors
/// What reading and writing say; `ETIMEDOUT` when a cgroup above it is frozen too.
pub fn thaw(root: &str, path: &str, file: &str, timeout_ms: u32) -> Result<()> {
    let full = full_path(root, path, file)?;
    let deadline = Deadline::after(timeout_ms.max(1));
    write_file(&full, thawed(file)).map_err(failed(&full))?;
    if file != STATE {
        return wait_v2(root, path, "frozen 0", deadline);
    }
    let mut pause = Duration::from_micros(100);
    while read_file(&full).map_err(failed(&full))?.trim() != "THAWED" {
        wait(&full, deadline, &mut pause)?;
    }
    Ok(())
}

fn thawed(file: &str) -> &'static str {
    if file == STATE { "THAWED" } else { "0" }
}

/// FREEZING is not on its way by itself when processes come up meanwhile: writing again tries again.
fn freeze_v1(full: &str, deadline: Deadline) -> Result<()> {
    let mut pause = Duration::from_micros(50);
    for tries in 1.. {
        write_file(full, "FROZEN").map_err(failed(full))?;
        if read_file(full).map_err(failed(full))?.trim() == "FROZEN" {
            return Ok(());
        }
        if tries % TRIES_BEFORE_THAW == 0 {
            write_file(full, "THAWED").map_err(failed(full))?;
        }
        wait(full, deadline, &mut pause)?;
    }
    Ok(())
}

fn wait(full: &str, deadline: Deadline, pause: &mut Duration) -> Result<()> {
    if deadline.is_over() {
        return Err(Error::call("write", Errno::TIMEDOUT, full));
    }
    std::thread::sleep(*pause);
    *pause = (*pause * 2).min(Duration::from_millis(10));
    Ok(())
}

/// cgroup.events is polled for: the kernel marks it at every change of its lines.
fn wait_v2(root: &str, path: &str, line: &str, deadline: Deadline) -> Result<()> {
    let full = full_path(root, path, "cgroup.events")?;
    let events = open_straight(&full, OFlags::RDONLY).call("openat2", &full)?;
    loop {
        seek(&events, SeekFrom::Start(0)).call("lseek", &full)?;
        let text = read_to_end(&events, MAX_FILE).call("read", &full)?;
        if text
            .split(|byte| *byte == b'\n')
            .any(|found| found == line.as_bytes())
        {
            return Ok(());
        }
        let mut fds = [PollFd::new(&events, PollFlags::PRI)];
        match poll(&mut fds, deadline.timespec().as_ref()) {
            Ok(0) => return Err(Error::call("poll", Errno::TIMEDOUT, full)),
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(Error::call("poll", errno, full)),
        }
    }
}
