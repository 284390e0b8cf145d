//! One container from plan to process: prepare, clone, configure, then reports and answers (docs/architecture.md, "The life
//! of `create`"). Each step is a function of its own, because hooks and the state file come between them.

mod clone;
mod encode;
mod enter;
mod preserved;
mod receive;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use trunc_plan::host_ops::{HostOp, Plan};
use trunc_plan::message::CommandKind;
use trunc_plan::wire::FLAG_TRACE;

use crate::cgroup::made::Cgroups;
use crate::error::{Error, Phase, Result};
use crate::handshake::Control;
use crate::ops::Target;
use crate::spawn::{Exit, reap};
use crate::trace::{Trace, measure};
use crate::{fds, filter, ops, process};

pub use receive::Event;

/// A container in the making.
pub struct Launch {
    plan: Plan,
    cgroups: Cgroups,
    trace: Option<Trace>,
    encoded: Option<(OwnedFd, u64)>,
    fds: Vec<OwnedFd>,
    control: Option<Control>,
    target: Option<Target>,
    /// An init that cloned itself, and is to be reaped when it is surely gone.
    first: Option<OwnedFd>,
    is_ready: bool,
    has_ended: bool,
}

impl Launch {
    /// Nothing is done yet.
    ///
    /// # Errors
    /// With `trace`, what making its memory says.
    pub fn new(plan: Plan, trace: bool) -> Result<Self> {
        let trace = if trace {
            Some(Trace::new(plan.init.len())?)
        } else {
            None
        };
        let cgroups = Cgroups::default();
        Ok(Self {
            plan,
            cgroups,
            trace,
            encoded: None,
            fds: Vec::new(),
            control: None,
            target: None,
            first: None,
            is_ready: false,
            has_ended: false,
        })
    }

    /// Does what comes before the clone: operations, descriptors, the filter, the plan's bytes.
    ///
    /// # Errors
    /// The first step that failed.
    pub fn prepare(&mut self) -> Result<()> {
        preserved::check(self.plan.sandbox.preserve_fds.0)
            .map_err(|error| error.at(Phase::Clone, None))?;
        measure(&mut self.trace, "compileFilter", "", || {
            filter::compile_all(&mut self.plan.init)
        })?;
        let before = std::mem::take(&mut self.plan.before);
        let done = self.run_ops(&before, Phase::Before);
        self.plan.before = before;
        done?;
        for (index, op) in (0_u32..).zip(&self.plan.fds) {
            let (name, at) = fds::place(op);
            let fd = measure(&mut self.trace, name, at, || fds::open(op));
            self.fds
                .push(fd.map_err(|error| error.at(Phase::Fds, Some(index)))?);
        }
        let encoded = {
            let (plan, flags) = (
                &self.plan,
                if self.trace.is_some() { FLAG_TRACE } else { 0 },
            );
            measure(&mut self.trace, "encodePlan", "", || {
                encode::encode(plan, flags)
            })
        };
        self.encoded = Some(encoded?);
        Ok(())
    }

    fn run_ops(&mut self, list: &[HostOp], phase: Phase) -> Result<()> {
        for (index, op) in (0_u32..).zip(list) {
            let (name, at) = ops::place(op);
            let (cgroups, target) = (&mut self.cgroups, self.target.as_mut());
            let done = measure(&mut self.trace, name, at, || ops::run(op, cgroups, target));
            done.map_err(|error| error.at(phase, Some(index)))?;
        }
        self.cgroups.settle();
        Ok(())
    }

    /// Does what comes after the clone, and hands the plan over.
    ///
    /// # Errors
    /// The first step that failed.
    pub fn configure(&mut self) -> Result<()> {
        if self.encoded.is_some() {
            // An init that joined a container has it behind it.
            if self.plan.sandbox.join_process.is_none() {
                self.run_after()?;
            }
            self.send_plan()?;
        }
        let Some(meanwhile) = self.plan.meanwhile.take() else {
            return Ok(());
        };
        let done = self.run_ops(&meanwhile, Phase::Meanwhile);
        self.plan.meanwhile = Some(meanwhile);
        self.unless_dead(done)
    }

    /// Hands the plan over as soon as nothing has to come before: the init is at work while the host goes on.
    fn send_plan_early(&mut self) -> Result<()> {
        if self.plan.after.is_empty() {
            self.send_plan()?;
        }
        Ok(())
    }

    fn send_plan(&mut self) -> Result<()> {
        let (memfd, length) = self
            .encoded
            .take()
            .ok_or_else(|| Error::text("prepare() comes before configure()"))?;
        let trace = self.trace.as_ref().map(Trace::memory);
        let others = self.fds.iter().map(AsFd::as_fd).chain(trace);
        let all: Vec<BorrowedFd<'_>> = std::iter::once(memfd.as_fd()).chain(others).collect();
        let sent = self.control()?.send_plan(length, &all);
        drop(all);
        // What the host still held of a detached tree or a fifo would outlive the container's.
        self.fds.clear();
        sent.map_err(|errno| {
            self.died(Error::call("sendmsg", errno, ""))
                .at(Phase::Init, None)
        })
    }

    fn run_after(&mut self) -> Result<()> {
        let after = std::mem::take(&mut self.plan.after);
        let done = self.run_ops(&after, Phase::After);
        self.plan.after = after;
        self.unless_dead(done)
    }

    /// A step may fail because the init is dead: then that is the news.
    fn unless_dead(&mut self, done: Result<()>) -> Result<()> {
        done.map_err(|error| {
            if matches!(error.errno, Some(Errno::SRCH | Errno::NOENT)) {
                self.died(error)
            } else {
                error
            }
        })
    }

    /// Lets the init go on.
    ///
    /// # Errors
    /// Why it died.
    pub fn go(&mut self) -> Result<()> {
        let sent = self.control()?.send(CommandKind::Go, 0, &[]);
        sent.map_err(|errno| {
            self.died(Error::call("sendmsg", errno, ""))
                .at(Phase::Init, None)
        })
    }

    /// The init's pid.
    ///
    /// # Errors
    /// When it is not cloned.
    pub fn pid(&self) -> Result<u32> {
        self.target
            .as_ref()
            .map(|target| target.pid)
            .ok_or_else(|| Error::text("the init is not cloned"))
    }

    /// When the init started.
    ///
    /// # Errors
    /// What reading /proc says; when it is gone, why.
    pub fn start_time(&mut self) -> Result<u64> {
        let pid = self.pid()?;
        match process::start_time(pid)? {
            Some(time) => Ok(time),
            None => {
                let gone = Error::call("open", Errno::SRCH, format!("process {pid}"));
                Err(self.died(gone).at(Phase::Init, None))
            }
        }
    }

    /// The init's pidfd.
    ///
    /// # Errors
    /// When it is not cloned.
    pub fn pidfd(&self) -> Result<BorrowedFd<'_>> {
        self.target
            .as_ref()
            .map(|target| target.pidfd.as_fd())
            .ok_or_else(|| Error::text("the init is not cloned"))
    }

    /// Waits for the end of the init, or of what it became, and reaps it.
    ///
    /// # Errors
    /// What waitid(2) says.
    pub fn wait_end(&mut self) -> Result<Exit> {
        let exit = reap(self.pidfd()?, false)?.unwrap_or(Exit::Code(255));
        self.has_ended = true;
        Ok(exit)
    }

    /// The init's end was seen by somebody else, as by [`crate::supervise`].
    pub const fn mark_ended(&mut self) {
        self.has_ended = true;
    }

    /// Whether the init was reaped.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Kills the init, waits for its end and removes the cgroups that this launch made.
    pub fn abort(&mut self) {
        self.control = None;
        self.fds.clear();
        if let Some(target) = self.target.as_ref().filter(|_| !self.has_ended) {
            let _gone = trunc_sys::signals::send(&target.pidfd, trunc_sys::signals::KILL);
            let _reaped = reap(target.pidfd.as_fd(), false);
            self.has_ended = true;
        }
        self.reap_first();
        self.cgroups.undo();
    }

    /// An init that cloned itself has ended by the time that its clone reports anything.
    fn reap_first(&mut self) {
        if let Some(first) = self.first.take() {
            let _reaped = reap(first.as_fd(), false);
        }
    }

    /// What was measured, as Chrome trace events.
    ///
    /// # Errors
    /// When tracing is off.
    pub fn trace(&self) -> Result<String> {
        let trace = self
            .trace
            .as_ref()
            .ok_or_else(|| Error::text("tracing is off"))?;
        let ops: Vec<(&str, &str)> = self
            .plan
            .init
            .iter()
            .map(|op| (op.tag(), op.at()))
            .collect();
        trace.json(self.target.as_ref().map_or(0, |target| target.pid), &ops)
    }

    fn control(&self) -> Result<&Control> {
        self.control
            .as_ref()
            .ok_or_else(|| Error::text("the init is not cloned"))
    }
}
