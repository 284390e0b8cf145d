//! A process in a running container: it joins all the container's namespaces at once, and is a child of ours there too.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags, open, openat, statat};
use rustix::io::Errno;
use trunc_plan::host_ops::JoinProcess;
use trunc_plan::message::{Command, CommandKind, Report};

use super::Launch;
use super::clone::clone_first;
use crate::error::{Call, Error, Phase, Result};
use crate::handshake::{Control, failure};
use crate::joins::KINDS;
use crate::ops::Target;
use crate::process;
use crate::trace::measure;

const CLONE_NEWPID: u32 = 0x2000_0000;

impl Launch {
    /// Clones the init, does what the plan has for after the clone while it is still outside (its children inherit it: limits,
    /// cgroups), and sends it into the container.
    pub(super) fn enter(&mut self, process: &JoinProcess) -> Result<u32> {
        let at_clone = |error: Error| error.at(Phase::Clone, None);
        let pidfd = process::open_pidfd(process.pid.0, process.start_time.0).map_err(at_clone)?;
        let pidfd =
            pidfd.ok_or_else(|| Error::text("container not running").at(Phase::Clone, None))?;
        let namespaces = foreign(process).map_err(at_clone)?;
        let mut fds = vec![pidfd];
        for cgroup in &process.cgroups {
            fds.push(open_tasks(cgroup).map_err(at_clone)?);
        }

        let (control, theirs) = Control::pair().map_err(at_clone)?;
        let plan = &self.plan;
        let child = measure(&mut self.trace, "clone", "", || {
            clone_first(plan, false, theirs)
        });
        let child = child.map_err(at_clone)?;
        self.target = Some(Target::new(child.pid, child.pidfd));
        self.control = Some(control);
        self.run_after()?;
        // Only children are in a pid namespace that was joined.
        let clones_again = namespaces & CLONE_NEWPID != 0;
        let again = if clones_again {
            Command::CLONE_AGAIN
        } else {
            0
        };
        let command = (CommandKind::Enter, u64::from(namespaces) | again);
        let all: Vec<BorrowedFd<'_>> = fds.iter().map(AsFd::as_fd).collect();
        let fail = |report: &Report| join_failure(report, &process.cgroups);
        self.send_in(command, &all, process.timeout_ms.0, fail)?;
        self.pid()
    }
}

fn join_failure(report: &Report, cgroups: &[String]) -> Error {
    let mut error = failure(report);
    if report.op == Report::NO_OP || report.op & Report::JOIN == 0 {
        return error;
    }
    // The pidfd, then the cgroups.
    let index = (report.op & !Report::JOIN) as usize;
    if index == 0 && error.errno == Some(Errno::SRCH) {
        return Error::text("container not running");
    }
    error.text = index
        .checked_sub(1)
        .and_then(|index| cgroups.get(index))
        .map_or_else(
            || "the container's namespaces".to_owned(),
            |cgroup| format!("{cgroup}/tasks"),
        );
    error
}

/// What a process has in /proc goes with it.
fn unless_gone(error: Error) -> Error {
    match error.errno {
        Some(Errno::NOENT | Errno::SRCH) => Error::text("container not running"),
        _ => error,
    }
}

/// The kernel checks the rights of who opened it.
fn open_tasks(cgroup: &str) -> Result<OwnedFd> {
    let dir = crate::cgroup::open_dir(cgroup)?;
    let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(&dir, "tasks", flags, Mode::empty()).call("openat", format!("{cgroup}/tasks"))
}

/// Those of the namespaces in which the process is elsewhere than this one: joining one's own user namespace is an error, and
/// joining any other wants privileges that the caller may not have.
fn foreign(process: &JoinProcess) -> Result<u32> {
    let directory = |path: &str| {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        open(path, flags, Mode::empty()).call("open", path)
    };
    let theirs = directory(&format!("/proc/{}/ns", process.pid.0));
    let theirs = theirs.map_err(unless_gone)?;
    let ours = directory("/proc/self/ns")?;
    let mut foreign = 0;
    for (kind, name) in KINDS {
        if process.namespaces.0 & kind == 0 {
            continue;
        }
        let [theirs, ours] = [&theirs, &ours]
            .map(|directory| statat(directory, name, AtFlags::empty()).call("stat", name));
        let (theirs, ours) = (theirs.map_err(unless_gone)?, ours?);
        if (theirs.st_dev, theirs.st_ino) != (ours.st_dev, ours.st_ino) {
            foreign |= kind;
        }
    }
    Ok(foreign)
}
