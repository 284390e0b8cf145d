//! The clone of the init, and its second one where it joins namespaces that only a child can be in.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use trunc_plan::host_ops::Plan;
use trunc_plan::message::{Command, CommandKind, Report, ReportKind};
use trunc_sys::spawn::{Program, Spawn};

use super::Launch;
use crate::error::{Error, Phase, Result};
use crate::handshake::{Control, failure};
use crate::io::Deadline;
use crate::joins::Joins;
use crate::ops::Target;
use crate::spawn::{Child, above, spawn, text};
use crate::trace::measure;
use crate::{init_image, process};

const CLONE_NEWUSER: u32 = 0x1000_0000;
/// How long an init that cloned itself may take to say so: a joined cgroup may be frozen.
const PID_TIMEOUT_MS: u32 = 10_000;

impl Launch {
    /// Clones the init, which joins the namespaces that exist already, and returns its pid.
    ///
    /// # Errors
    /// The first call that failed, here or in the child; what the init reports about a namespace.
    pub fn clone_init(&mut self) -> Result<u32> {
        if let Some(process) = self.plan.sandbox.join_process.clone() {
            return self.enter(&process);
        }
        let sandbox = &self.plan.sandbox;
        let joins = measure(&mut self.trace, "openNamespaces", "", || {
            Joins::open(sandbox)
        })?;
        let clone_again = joins.clone_again(sandbox);
        let (control, theirs) = Control::pair().map_err(|error| error.at(Phase::Clone, None))?;
        let plan = &self.plan;
        let child = measure(&mut self.trace, "clone", "/linux/namespaces", || {
            clone_first(plan, !clone_again, theirs)
        });
        let child = child.map_err(|error| error.at(Phase::Clone, None))?;
        self.target = Some(Target::new(child.pid, child.pidfd));
        self.control = Some(control);
        if !joins.is_empty() {
            let command = (CommandKind::Namespaces, joins.value(&self.plan.sandbox));
            let fail = |report: &Report| join_failure(report, &joins);
            self.send_in(command, &joins.fds(), PID_TIMEOUT_MS, fail)?;
        }
        self.send_plan_early()?;
        self.pid()
    }

    /// Sends the init into namespaces; with `CLONE_AGAIN` in `value` its clone takes its place. `fail` tells what it reports.
    pub(super) fn send_in(
        &mut self,
        (kind, value): (CommandKind, u64),
        fds: &[BorrowedFd<'_>],
        timeout_ms: u32,
        fail: impl FnOnce(&Report) -> Error,
    ) -> Result<()> {
        let at_clone = |error: Error| error.at(Phase::Clone, None);
        let sent = self.control()?.send(kind, value, fds);
        if let Err(errno) = sent {
            return Err(at_clone(self.died(Error::call("sendmsg", errno, ""))));
        }
        if value & Command::CLONE_AGAIN == 0 {
            return Ok(());
        }
        // The clone holds the socket open, too: the end of the first one is no end of file.
        let first = self.pidfd()?;
        let received = self
            .control()?
            .receive_from(first, Deadline::after(timeout_ms));
        let Some(received) = received.map_err(at_clone)? else {
            return Err(at_clone(self.died(Error::text("the init is gone"))));
        };
        match (received.report.kind, received.fd) {
            (ReportKind::Pid, Some(pidfd)) => self.replace_target(pidfd),
            (ReportKind::Error, _) => Err(at_clone(fail(&received.report))),
            _ => Err(at_clone(Error::text("the init sent a message out of turn"))),
        }
    }

    /// The init that cloned itself is about to end; its clone, our child too, takes its place.
    fn replace_target(&mut self, pidfd: OwnedFd) -> Result<()> {
        let at_clone = |error: Error| error.at(Phase::Clone, None);
        let pid = process::pid_of(&pidfd).map_err(at_clone)?;
        let first = self.target.replace(Target::new(pid, pidfd));
        self.first = first.map(|first| first.pidfd);
        Ok(())
    }
}

fn join_failure(report: &Report, joins: &Joins) -> Error {
    let error = failure(report);
    if report.op == Report::NO_OP {
        return error.at(Phase::Clone, None);
    }
    error.at(Phase::Join, joins.plan_index(report.op & !Report::JOIN))
}

/// Clones the process that executes the init; it gets its end of the control socket behind the kept descriptors.
pub(super) fn clone_first(plan: &Plan, with_namespaces: bool, theirs: OwnedFd) -> Result<Child> {
    let sandbox = &plan.sandbox;
    let namespaces = if with_namespaces {
        sandbox.namespaces.0
    } else {
        0
    };
    let number = sandbox
        .preserve_fds
        .0
        .checked_add(3)
        .filter(|number| *number < 1 << 20);
    let number = number.ok_or_else(|| Error::text("too many descriptors to preserve"))?;
    let lowest = i32::try_from(number + 1).unwrap_or(i32::MAX);
    let image = init_image::make()?;
    let (image, theirs) = (
        above(image.as_fd(), lowest)?,
        above(theirs.as_fd(), lowest)?,
    );
    let cgroup = match &*sandbox.into_cgroup {
        "" => None,
        path => Some(crate::cgroup::open_dir(path)?),
    };
    let cgroup = match &cgroup {
        Some(cgroup) => Some(above(cgroup.as_fd(), lowest)?),
        None => None,
    };
    let request = Spawn {
        namespaces: namespaces.into(),
        cgroup: cgroup.as_ref().map(AsFd::as_fd),
        program: Program::Descriptor(image.as_fd()),
        descriptors: &[(theirs.as_fd(), number)],
        keep: number + 1,
        ignored_signals: process::ignored_signals()?,
        directory: None,
        own_group: false,
        ambient: namespaces & CLONE_NEWUSER != 0,
    };
    spawn(
        &request,
        &[text("trunc-init")?, text(&number.to_string())?],
        &[],
    )
}
