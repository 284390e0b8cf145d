//! Points at which the init and the host side meet, and the filter, after which meeting is all that is safe.

use super::Init;
use crate::failure::{During, Failure, failed};
use rustix::fd::{AsFd, AsRawFd};
use rustix::io::Errno;
use trunc_plan::message::{Report, ReportKind};

const NEW_LISTENER: u32 = 8;

/// `Barrier`.
pub fn barrier(init: &Init, report: bool, index: usize) -> Result<(), Failure> {
    if report {
        tell(init, ReportKind::Barrier, index, 0)?;
    }
    wait(init)
}

/// `Ready`.
pub fn ready(init: &Init, index: usize) -> Result<(), Failure> {
    tell(init, ReportKind::Ready, index, 0)?;
    wait(init)
}

/// `WaitStart`: needs read(2) alone, for a filter may be in force.
pub fn wait_start(init: &mut Init, go: u32, result: u32) -> Result<(), Failure> {
    let mut take = |index: u32| init.control.plan_fd(index as usize).and_then(Option::take);
    let (Some(go), Some(result)) = (take(go), take(result)) else {
        return failed("fifo", Errno::BADF);
    };
    init.control.hand_over(result);
    let mut byte = [0];
    loop {
        match rustix::io::read(&go, &mut byte) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(errno) => return failed("read", errno),
        }
    }
}

/// `Seccomp`. A filter may catch the very calls that would send the listener away: so the host side is told beforehand
/// which number it will have, and fetches it (pidfd_getfd(2)).
pub fn seccomp(
    init: &Init,
    filter: &[u8],
    flags: u32,
    notify: bool,
    index: usize,
) -> Result<(), Failure> {
    let mut flags = flags;
    if notify {
        flags |= NEW_LISTENER;
        tell(init, ReportKind::Listener, index, next_descriptor(init)?)?;
    }
    trunc_sys::seccomp::set_filter(filter, flags)
        .during("seccomp")
        .map(|_| ())
}

/// The number that the next descriptor will get: the lowest that is free.
fn next_descriptor(init: &Init) -> Result<u64, Failure> {
    let socket = init.control.socket().ok_or(Errno::BADF).during("socket")?;
    let duplicate = rustix::io::fcntl_dupfd_cloexec(socket, 0).during("fcntl")?;
    u64::try_from(duplicate.as_fd().as_raw_fd())
        .map_err(|_| Errno::BADF)
        .during("fcntl")
}

fn tell(init: &Init, kind: ReportKind, index: usize, value: u64) -> Result<(), Failure> {
    let mut report = Report::new(kind, u32::try_from(index).unwrap_or(Report::NO_OP));
    report.value = value;
    init.control.report(&report, None).during("write")
}

fn wait(init: &Init) -> Result<(), Failure> {
    if init.control.wait_go()? {
        Ok(())
    } else {
        failed("wait", Errno::PIPE)
    }
}
