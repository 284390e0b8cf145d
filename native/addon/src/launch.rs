//! A container in the making, and its readiness.

use crate::failure::OrThrow;
use crate::supervise::{ProcessEnd, end_of};
use napi::bindgen_prelude::BigInt;
use napi::{Env, Result};
use napi_derive::napi;
use rustix::fd::AsFd;
use trunc_core::launch as core;
use trunc_core::{Error, descriptors, notify, process};
use trunc_plan::host_ops::Plan;
use trunc_plan::values::{U32, U64};

/// What the init tells.
#[napi(object, object_from_js = false)]
pub struct LaunchEvent {
    #[napi(ts_type = "'barrier' | 'ready' | 'exec' | 'console' | 'listener'")]
    pub kind: String,
    /// Index of the operation; -1 with `exec`.
    pub op: i32,
    /// Descriptor of a console or listener, to be closed by `closeFd`; else -1.
    pub fd: i32,
}

/// How a launch behaves.
#[napi(object, object_to_js = false)]
pub struct LaunchOptions {
    /// Measures every step.
    pub trace: bool,
}

/// A container in the making.
#[napi]
pub struct Launch {
    launch: Option<core::Launch>,
    pidfd: i32,
}

#[napi]
impl Launch {
    /// Does nothing yet.
    #[napi(constructor)]
    pub fn new(env: Env, plan: Plan, options: LaunchOptions) -> Result<Self> {
        let launch = core::Launch::new(plan, options.trace).or_throw(&env)?;
        Ok(Self {
            launch: Some(launch),
            pidfd: -1,
        })
    }

    pub(crate) fn open(&mut self) -> trunc_core::Result<&mut core::Launch> {
        self.launch
            .as_mut()
            .ok_or_else(|| Error::text("the launch is closed"))
    }

    /// Does what comes before the clone.
    #[napi]
    pub fn prepare(&mut self, env: Env) -> Result<()> {
        self.open().and_then(core::Launch::prepare).or_throw(&env)
    }

    /// Clones the init; returns its pid.
    #[napi(js_name = "clone")]
    pub fn clone_init(&mut self, env: Env) -> Result<u32> {
        self.open()
            .and_then(core::Launch::clone_init)
            .or_throw(&env)
    }

    /// Does what comes after the clone, and hands the plan over.
    #[napi]
    pub fn configure(&mut self, env: Env) -> Result<()> {
        self.open().and_then(core::Launch::configure).or_throw(&env)
    }

    /// Waits for the init's next report; `timeoutMs` of 0 waits for ever.
    #[napi]
    pub fn receive(&mut self, env: Env, timeout_ms: U32) -> Result<LaunchEvent> {
        let event = self
            .open()
            .and_then(|launch| launch.receive(timeout_ms.0))
            .or_throw(&env)?;
        let (kind, op, fd) = match event {
            core::Event::Barrier(op) => ("barrier", Some(op), -1),
            core::Event::Ready(op) => ("ready", Some(op), -1),
            core::Event::Exec => ("exec", None, -1),
            core::Event::Console(op, fd) => ("console", Some(op), descriptors::hand_out(fd)),
            core::Event::Listener(op, fd) => ("listener", Some(op), descriptors::hand_out(fd)),
        };
        let op = op.and_then(|op| i32::try_from(op).ok()).unwrap_or(-1);
        Ok(LaunchEvent {
            kind: kind.to_owned(),
            op,
            fd,
        })
    }

    /// Lets the init go on.
    #[napi]
    pub fn go(&mut self, env: Env) -> Result<()> {
        self.open().and_then(core::Launch::go).or_throw(&env)
    }

    /// When the init started (clock ticks since boot).
    #[napi]
    pub fn start_time(&mut self, env: Env) -> Result<BigInt> {
        self.open()
            .and_then(|launch| launch.start_time())
            .or_throw(&env)
            .map(BigInt::from)
    }

    /// The init's pidfd, open until `close`.
    #[napi]
    pub fn pidfd(&mut self, env: Env) -> Result<i32> {
        if self.pidfd < 0 {
            self.pidfd = self
                .open()
                .and_then(|launch| descriptors::hand_out_copy(launch.pidfd()?))
                .or_throw(&env)?;
        }
        Ok(self.pidfd)
    }

    /// Kills the init, waits for its end, removes the cgroups that this launch made.
    #[napi]
    pub fn abort(&mut self) {
        if let Some(launch) = &mut self.launch {
            launch.abort();
        }
    }

    /// Waits for the end of the init, or of what it became, and reaps it.
    #[napi]
    pub fn wait_end(&mut self, env: Env) -> Result<ProcessEnd> {
        self.open()
            .and_then(core::Launch::wait_end)
            .map(end_of)
            .or_throw(&env)
    }

    /// What was measured: Chrome trace events as JSON.
    #[napi]
    pub fn trace(&mut self, env: Env) -> Result<String> {
        self.open().and_then(|launch| launch.trace()).or_throw(&env)
    }

    /// Closes all descriptors; the container stays as it is. A second time does nothing.
    #[napi]
    pub fn close(&mut self) {
        self.launch = None;
        descriptors::close(self.pidfd);
        self.pidfd = -1;
    }
}

/// Readiness of the container (`sd_notify(3)`), on its way to the caller's manager.
#[napi]
pub struct Notify(pub(crate) Option<notify::Notify>);

#[napi]
impl Notify {
    /// Binds the container's socket at `path`; `manager` is the caller's `NOTIFY_SOCKET`.
    #[napi(constructor)]
    pub fn new(env: Env, path: String, manager: String) -> Result<Self> {
        notify::Notify::bind(&path, &manager)
            .or_throw(&env)
            .map(|bound| Self(Some(bound)))
    }

    /// Waits until the container is ready and the manager told, or the container has ended.
    #[napi]
    pub fn wait(&mut self, env: Env, launch: &mut Launch) -> Result<()> {
        let Some(bound) = self.0.take() else {
            return Ok(());
        };
        let launch = launch.open().or_throw(&env)?;
        launch
            .pid()
            .and_then(|pid| bound.wait(pid, launch.pidfd()?))
            .or_throw(&env)
    }

    /// Waits likewise for a container that another command created, which `pid` and its start time name.
    #[napi]
    pub fn wait_for(&mut self, env: Env, pid: U32, start_time: U64) -> Result<()> {
        let Some(bound) = self.0.take() else {
            return Ok(());
        };
        let Some(pidfd) = process::open_pidfd(pid.0, start_time.0).or_throw(&env)? else {
            return Ok(());
        };
        bound.wait(pid.0, pidfd.as_fd()).or_throw(&env)
    }

    /// Closes the socket.
    #[napi]
    pub fn close(&mut self) {
        self.0 = None;
    }
}
