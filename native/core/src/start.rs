//! `start`: lets the waiting init execute its program, and learns whether it did.

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags, open, openat, unlinkat};
use rustix::io::{Errno, read, retry_on_intr, write};
use trunc_plan::message::{Report, ReportKind};

use crate::beneath::open_dir;
use crate::error::{Call, Error, Phase, Result};
use crate::handshake::failure;
use crate::io::{Deadline, wait_readable};
use crate::process::open_pidfd;

const GO: &str = "start";
const RESULT: &str = "result";

/// Starts the container whose state directory this is, and removes the fifos.
///
/// # Errors
/// What the init reports (phase `init`); `ESRCH` when it is gone; `ENOENT` when it was started before.
pub fn start(state_dir: &str, pid: u32, started: u64) -> Result<()> {
    let dir = open_dir(state_dir)?;
    let go = open_fifo(&dir, GO, OFlags::WRONLY)?;
    let result = open_fifo(&dir, RESULT, OFlags::RDONLY)?;
    let pidfd = open_pidfd(pid, started)?
        .ok_or_else(|| Error::call("pidfd_open", Errno::SRCH, format!("process {pid}")))?;
    // A dead init holds no fifo open: writing says ENXIO at the open, or EPIPE.
    retry_on_intr(|| write(&go, &[0])).call("write", GO)?;
    let told = outcome(&result);
    if told.as_ref().is_err_and(|error| error.phase.is_none()) {
        // Nobody knows now whether the program runs: it is not to run while `start` says that it failed.
        let _gone = trunc_sys::signals::send(&pidfd, trunc_sys::signals::KILL);
    }
    // Where one stays, nobody reads it any more: `is_waiting` looks at that.
    for name in [GO, RESULT] {
        let _gone = unlinkat(&dir, name, AtFlags::empty());
    }
    told
}

/// Whether the init of the container that has this state directory waits for [`start`]: it alone reads the fifo.
///
/// # Errors
/// What open(2) says, but for a fifo that is not there or that nobody reads.
pub fn is_waiting(state_dir: &str) -> Result<bool> {
    let path = format!("{state_dir}/{GO}");
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match open(&path, flags, Mode::empty()) {
        Ok(_) => Ok(true),
        Err(Errno::NOENT | Errno::NXIO) => Ok(false),
        Err(errno) => Err(Error::call("open", errno, path)),
    }
}

fn open_fifo(dir: &OwnedFd, name: &str, direction: OFlags) -> Result<OwnedFd> {
    let flags = direction | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(dir, name, flags, Mode::empty()).call("openat", name)
}

/// End of file comes when the last writer is gone: with the exec, or with the init's death, which is the container's end.
fn outcome(result: &OwnedFd) -> Result<()> {
    let mut bytes = [0; Report::SIZE];
    let count = loop {
        wait_readable(result.as_fd(), Deadline::after(0)).call("poll", RESULT)?;
        match read(result, &mut bytes) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            count => break count.call("read", RESULT)?,
        }
    };
    if count == 0 {
        return Ok(());
    }
    let report = Report::decode(&bytes)
        .filter(|report| count == Report::SIZE && report.kind == ReportKind::Error);
    let report = report
        .ok_or_else(|| Error::text("the init sent a malformed message").at(Phase::Init, None))?;
    Err(failure(&report).at(
        Phase::Init,
        (report.op != Report::NO_OP).then_some(report.op),
    ))
}
