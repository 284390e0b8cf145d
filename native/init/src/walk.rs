//! The walk: receives the plan, runs its operations in order, reports the first failure.
//!
//! All operations would be inlined into it, and each page of its frame costs a fault in every container: what has large buffers
//! and is not for every plan stays a function of its own.

use crate::control::Control;
use crate::failure::{Failure, failed};
use crate::namespaces;
use crate::ops::{self, Init};
use core::sync::atomic::{AtomicU64, Ordering};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use trunc_plan::message::{CommandKind, Report};
use trunc_plan::wire::{FLAG_TRACE, PlanView};

/// Runs the whole plan; returns the exit status of an init that did not become the container's program.
pub fn walk(init: &mut Init) -> u8 {
    let bytes = match receive_plan(&mut init.control) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return 1,
        Err((op, failure)) => return give_up(&init.control, op, failure),
    };
    let Some(plan) = PlanView::new(bytes) else {
        return give_up(
            &init.control,
            Report::NO_OP,
            Failure {
                call: "plan",
                errno: Errno::BADMSG,
            },
        );
    };
    let trace = if plan.flags & FLAG_TRACE == 0 {
        None
    } else {
        trace_slots(&mut init.control, plan.count)
    };
    note_time(trace, 0);
    for (index, op) in plan.ops().enumerate() {
        let done = match op {
            Some(op) => ops::execute(init, op, index),
            None => failed("plan", Errno::BADMSG),
        };
        match done {
            Ok(()) => note_time(trace, index + 1),
            // The host side is gone: nobody wants the container any more.
            Err(Failure {
                errno: Errno::PIPE,
                call: "wait",
            }) => return 1,
            Err(failure) => {
                return give_up(
                    &init.control,
                    u32::try_from(index).unwrap_or(Report::NO_OP),
                    failure,
                );
            }
        }
    }
    1
}

fn give_up(control: &Control, op: u32, failure: Failure) -> u8 {
    control.report_failure(op, failure);
    1
}

/// Takes commands until the plan is here; `None` when the host side is gone.
fn receive_plan(control: &mut Control) -> Result<Option<&'static [u8]>, namespaces::OpFailure> {
    loop {
        let before = control.fd_count();
        let received = control.receive();
        let Some(command) = received.map_err(|failure| (Report::NO_OP, failure))? else {
            return Ok(None);
        };
        match command.kind {
            CommandKind::Namespaces => namespaces::join(control, command)?,
            CommandKind::Enter => crate::enter::enter(control, command)?,
            CommandKind::Descriptors => {}
            CommandKind::Go => return Ok(None),
            CommandKind::Plan => {
                return map_plan(control.take_plan(before), command.value).map(Some);
            }
        }
    }
}

fn map_plan(plan: Option<OwnedFd>, length: u64) -> Result<&'static [u8], namespaces::OpFailure> {
    use rustix::fd::AsFd;
    let fail = |errno| {
        (
            Report::NO_OP,
            Failure {
                call: "plan",
                errno,
            },
        )
    };
    let plan = plan.ok_or_else(|| fail(Errno::BADF))?;
    let length = usize::try_from(length).map_err(|_| fail(Errno::TOOBIG))?;
    trunc_sys::memory::map_file(plan.as_fd(), length).map_err(fail)
}

/// The trace descriptor is the last one that came.
fn trace_slots(control: &mut Control, ops: u32) -> Option<&'static [AtomicU64]> {
    use rustix::fd::AsFd;
    let last = control.fd_count().checked_sub(1)?;
    let fd = control.plan_fd(last)?.take()?;
    trunc_sys::memory::map_words(fd.as_fd(), ops as usize + 1).ok()
}

fn note_time(trace: Option<&[AtomicU64]>, slot: usize) {
    let Some(slot) = trace.and_then(|slots| slots.get(slot)) else {
        return;
    };
    slot.store(
        trunc_sys::process::monotonic_nanoseconds(),
        Ordering::Relaxed,
    );
}
