//! Waiting for a container in the foreground.

use crate::failure::OrThrow;
use crate::launch::{Launch, Notify};
use napi::{Env, Result};
use napi_derive::napi;
use rustix::fd::AsFd;
use std::sync::{Mutex, MutexGuard, PoisonError};
use trunc_core::descriptors;
use trunc_core::spawn::Exit;
use trunc_core::supervise::{self as supervision, HeldSignals, Options, Process};
use trunc_plan::values::{I32, U32};

/// Signals that wait for `supervise`.
static HELD: Mutex<Option<HeldSignals>> = Mutex::new(None);

fn held() -> MutexGuard<'static, Option<HeldSignals>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Holds the signals that `supervise` passes on from now: none that comes before it is lost or ends this process.
#[napi]
pub fn hold_signals(env: Env) -> Result<()> {
    let mut held = held();
    if held.is_none() {
        *held = Some(supervision::hold_signals().or_throw(&env)?);
    }
    Ok(())
}

/// How to supervise.
#[napi(object, object_to_js = false)]
pub struct SuperviseOptions {
    /// Master of the container's terminal; -1 for none.
    pub console_fd: I32,
    /// Passes the signals that this process gets on.
    pub signals: bool,
    /// Becomes the parent of the container's orphans, and reaps them.
    pub subreaper: bool,
    /// Gives up all capabilities but CAP_KILL for good; otherwise they are put back when the wait is over.
    pub is_last: bool,
}

/// How the container's process ended: one of both.
#[napi(object, object_from_js = false)]
pub struct ProcessEnd {
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
}

/// Waits for the end of the container's process; passes on signals, the terminal's bytes, and readiness.
#[napi]
pub fn supervise(
    env: Env,
    launch: &mut Launch,
    options: SuperviseOptions,
    notify: Option<&mut Notify>,
) -> Result<ProcessEnd> {
    let options = options_of(&options, notify).or_throw(&env)?;
    let launch = launch.open().or_throw(&env)?;
    let child = launch
        .pid()
        .and_then(|pid| Ok((pid, launch.pidfd()?)))
        .map(|(pid, pidfd)| Process { pid, pidfd });
    let exit = child.and_then(|child| supervision::supervise(child, options));
    let exit = exit.or_throw(&env)?;
    launch.mark_ended();
    Ok(end_of(exit))
}

/// Waits likewise for a child that no launch made; `pidfd` is one of ours.
#[napi]
pub fn supervise_child(
    env: Env,
    pid: U32,
    pidfd: I32,
    options: SuperviseOptions,
) -> Result<ProcessEnd> {
    let options = options_of(&options, None).or_throw(&env)?;
    let pidfd = descriptors::get(pidfd.0).or_throw(&env)?;
    let child = Process {
        pid: pid.0,
        pidfd: pidfd.as_fd(),
    };
    let exit = supervision::supervise(child, options).or_throw(&env)?;
    Ok(end_of(exit))
}

fn options_of(
    options: &SuperviseOptions,
    notify: Option<&mut Notify>,
) -> trunc_core::Result<Options> {
    let console = match options.console_fd.0 {
        number if number < 0 => None,
        number => Some(descriptors::get(number)?),
    };
    Ok(Options {
        console,
        signals: options.signals,
        held: held().take(),
        subreaper: options.subreaper,
        notify: notify.and_then(|held| held.0.take()),
        is_last: options.is_last,
    })
}

pub(crate) const fn end_of(exit: Exit) -> ProcessEnd {
    match exit {
        Exit::Code(code) => ProcessEnd {
            exit_code: Some(code),
            signal: None,
        },
        Exit::Signal(signal) => ProcessEnd {
            exit_code: None,
            signal: Some(signal),
        },
    }
}
