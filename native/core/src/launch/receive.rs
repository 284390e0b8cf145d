//! What the init reports, and why it died when it reports nothing more.

use rustix::fd::{AsRawFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::process::{PidfdGetfdFlags, pidfd_getfd};
use std::time::Duration;
use trunc_plan::message::{Report, ReportKind};

use super::Launch;
use crate::death;
use crate::error::{Error, Phase, Result};
use crate::handshake::failure;
use crate::io::{Deadline, wait_readable};
use crate::spawn::reap;

/// How long a seccomp listener may take to appear after it was announced.
const LISTENER_TIMEOUT_MS: u32 = 10_000;

/// What the init tells.
#[derive(Debug)]
pub enum Event {
    /// It waits at the barrier that is this operation.
    Barrier(u32),
    /// Everything is set up; it waits.
    Ready(u32),
    /// It let go of us: the program is executed, or it waits for `start`.
    Exec,
    /// The master of the container's terminal.
    Console(u32, OwnedFd),
    /// The seccomp listener.
    Listener(u32, OwnedFd),
}

impl Launch {
    /// Waits for the init's next report; 0 waits for ever.
    ///
    /// # Errors
    /// What the init reports as failed; why it died; `ETIMEDOUT`.
    pub fn receive(&mut self, timeout_ms: u32) -> Result<Event> {
        let deadline = Deadline::after(timeout_ms);
        let received = self
            .control()?
            .receive(deadline)
            .map_err(|error| error.at(Phase::Init, None))?;
        let Some(received) = received else {
            return self.end_of_file();
        };
        let report = received.report;
        match (report.kind, received.fd) {
            (ReportKind::Barrier, _) => Ok(Event::Barrier(report.op)),
            (ReportKind::Ready, _) => {
                self.is_ready = true;
                self.reap_first();
                Ok(Event::Ready(report.op))
            }
            (ReportKind::Console, Some(fd)) => Ok(Event::Console(report.op, fd)),
            (ReportKind::Listener, _) => self.fetch_listener(&report),
            (ReportKind::Error, _) => Err(reported(&report)),
            _ => Err(Error::text("the init sent a message out of turn").at(Phase::Init, None)),
        }
    }

    fn end_of_file(&mut self) -> Result<Event> {
        if self.is_ready {
            return Ok(Event::Exec);
        }
        Err(self
            .died(Error::text("the init is gone"))
            .at(Phase::Init, None))
    }

    /// The filter may hold up every call with which the init could send the listener: it is taken from the init instead.
    fn fetch_listener(&self, report: &Report) -> Result<Event> {
        let fail = |error: Error| error.at(Phase::Init, Some(report.op));
        let number = i32::try_from(report.value)
            .map_err(|_| fail(Error::text("the init named no descriptor")))?;
        let deadline = Deadline::after(LISTENER_TIMEOUT_MS);
        loop {
            match pidfd_getfd(self.pidfd()?, number, PidfdGetfdFlags::empty()) {
                Ok(fd) if is_listener(&fd) => return Ok(Event::Listener(report.op, fd)),
                // Not there yet.
                Ok(_) | Err(Errno::BADF) if !deadline.is_over() => {
                    std::thread::sleep(Duration::from_micros(200))
                }
                Ok(_) => {
                    return Err(fail(Error::call(
                        "pidfd_getfd",
                        Errno::TIMEDOUT,
                        "seccomp listener",
                    )));
                }
                Err(errno) => {
                    return Err(fail(Error::call("pidfd_getfd", errno, "seccomp listener")));
                }
            }
        }
    }

    /// What the init reports as failed, perhaps just before it dies.
    fn pending_failure(&self, pidfd: BorrowedFd<'_>, deadline: Deadline) -> Option<Error> {
        loop {
            let received = self.control().ok()?.receive_from(pidfd, deadline).ok()??;
            if received.report.kind == ReportKind::Error {
                return Some(reported(&received.report));
            }
        }
    }

    /// Why the init died, where it did; `otherwise` where it lives.
    pub(super) fn died(&mut self, otherwise: Error) -> Error {
        let Ok(pidfd) = self.pidfd() else {
            return otherwise;
        };
        let deadline = Deadline::after(1000);
        if let Some(error) = self.pending_failure(pidfd, deadline) {
            return error;
        }
        // Its descriptors are closed before its end can be waited for.
        let ended = wait_readable(pidfd, deadline).is_ok_and(|ended| ended);
        let exit = if ended {
            // Ended is not yet ours to reap while somebody traces it.
            reap(pidfd, false).ok().flatten()
        } else {
            None
        };
        let Some(exit) = exit else { return otherwise };
        self.has_ended = true;
        Error::text(death::explain(exit, &self.plan))
    }
}

/// The failure that a report tells, with its place in the plan.
fn reported(report: &Report) -> Error {
    let place = (report.op != Report::NO_OP).then_some(report.op);
    failure(report).at(Phase::Init, place)
}

fn is_listener(fd: &OwnedFd) -> bool {
    let link = format!("/proc/self/fd/{}", fd.as_raw_fd());
    rustix::fs::readlink(link, Vec::new())
        .is_ok_and(|name| name.to_bytes() == b"anon_inode:seccomp notify")
}
