//! Processes of the host, hooks, `start`, and descriptors.

use crate::failure::OrThrow;
use napi::bindgen_prelude::BigInt;
use napi::{Env, Result};
use napi_derive::napi;
use rustix::fd::AsFd;
use trunc_core::spawn::Exit;
use trunc_core::{
    capture as capturing, descriptors, hook, process, send_fds as sending, start as starting,
};
use trunc_plan::values::{I32, U32, U64};

/// When a process started (clock ticks since boot); null when it is gone or a zombie.
#[napi]
pub fn start_time(env: Env, pid: U32) -> Result<Option<BigInt>> {
    Ok(process::start_time(pid.0).or_throw(&env)?.map(BigInt::from))
}

/// Sends a signal to the process that has this pid and start time; false when it is gone.
#[napi]
pub fn signal(env: Env, pid: U32, start_time: U64, signal: I32) -> Result<bool> {
    process::signal(pid.0, start_time.0, signal.0).or_throw(&env)
}

/// A pidfd of the process that has this pid and start time, until `closeFd`; -1 when it is gone.
#[napi]
pub fn open_pidfd(env: Env, pid: U32, start_time: U64) -> Result<i32> {
    let pidfd = process::open_pidfd(pid.0, start_time.0).or_throw(&env)?;
    Ok(pidfd.map_or(-1, descriptors::hand_out))
}

/// Waits until a process is gone; false when `timeoutMs` came first (0 waits for ever).
#[napi]
pub fn wait_gone(env: Env, pid: U32, start_time: U64, timeout_ms: U32) -> Result<bool> {
    process::wait_gone(pid.0, start_time.0, timeout_ms.0).or_throw(&env)
}

/// A program to run to its end.
#[napi(object, object_to_js = false)]
pub struct HookRun {
    /// Absolute path.
    pub path: String,
    /// The program's name first.
    pub args: Vec<String>,
    /// The whole environment.
    pub env: Vec<String>,
    pub stdin: String,
    /// Working directory.
    pub cwd: String,
    /// 0 waits for ever.
    pub timeout_ms: U32,
    /// A pidfd that was handed out: when that process ends, the program is killed.
    pub until: Option<I32>,
}

/// How it ended.
#[napi(object, object_from_js = false)]
pub struct HookResult {
    /// 0 when a signal ended it.
    pub exit_code: i32,
    /// 0 when it exited.
    pub signal: i32,
    pub timed_out: bool,
    /// It was killed because the process behind `until` had ended.
    pub orphaned: bool,
    /// The last 1024 bytes of its standard error.
    pub stderr: String,
}

/// Runs a hook; a failure of its own is no error.
#[napi]
pub fn run_hook(env: Env, hook: HookRun) -> Result<HookResult> {
    let HookRun {
        path,
        args,
        env: environment,
        stdin,
        cwd,
        timeout_ms,
        until,
    } = hook;
    let hook = hook::Hook {
        path,
        args,
        env: environment,
        stdin,
        cwd,
        timeout_ms: timeout_ms.0,
        until: until
            .map(|pidfd| descriptors::get(pidfd.0))
            .transpose()
            .or_throw(&env)?,
    };
    let result = hook::run(&hook).or_throw(&env)?;
    let (exit_code, signal) = code_and_signal(result.exit);
    Ok(HookResult {
        exit_code,
        signal,
        timed_out: result.timed_out,
        orphaned: result.orphaned,
        stderr: result.stderr,
    })
}

/// What a program printed, and how it ended.
#[napi(object, object_from_js = false)]
pub struct Captured {
    /// 0 when a signal ended it.
    pub exit_code: i32,
    /// 0 when it exited.
    pub signal: i32,
    /// Standard output and standard error.
    pub output: String,
}

/// Runs the program at an absolute path in this process's environment, and keeps what it prints; a failure of its own is
/// no error.
#[napi]
pub fn capture(env: Env, path: String, args: Vec<String>) -> Result<Captured> {
    let capturing::Captured { exit, output } = capturing::capture(&path, &args).or_throw(&env)?;
    let (exit_code, signal) = code_and_signal(exit);
    Ok(Captured {
        exit_code,
        signal,
        output,
    })
}

const fn code_and_signal(exit: Exit) -> (i32, i32) {
    match exit {
        Exit::Code(code) => (code, 0),
        Exit::Signal(signal) => (0, signal),
    }
}

/// Lets the init of the container that has this state directory execute its program, and removes the fifos.
#[napi]
pub fn start(env: Env, state_dir: String, pid: U32, start_time: U64) -> Result<()> {
    starting::start(&state_dir, pid.0, start_time.0).or_throw(&env)
}

/// Whether the init of the container that has this state directory waits for `start`.
#[napi]
pub fn is_waiting(env: Env, state_dir: String) -> Result<bool> {
    starting::is_waiting(&state_dir).or_throw(&env)
}

/// Sends descriptors of ours to the stream socket at a path, with a text.
#[napi]
pub fn send_fds(env: Env, socket_path: String, fds: Vec<I32>, text: String) -> Result<()> {
    let held: trunc_core::Result<Vec<_>> = fds.iter().map(|fd| descriptors::get(fd.0)).collect();
    let held = held.or_throw(&env)?;
    let borrowed: Vec<_> = held.iter().map(|fd| fd.as_fd()).collect();
    sending::send_fds(&socket_path, &borrowed, &text).or_throw(&env)
}

/// Gives the terminal whose master this is the size of standard input's, if that is a terminal: the program finds it so
/// from its start.
#[napi]
pub fn fit_console(env: Env, fd: I32) -> Result<()> {
    let master = descriptors::get(fd.0).or_throw(&env)?;
    trunc_core::supervise::fit(master.as_fd());
    Ok(())
}

/// Closes a descriptor of ours; a second time does nothing.
#[napi]
pub fn close_fd(fd: I32) {
    descriptors::close(fd.0);
}
