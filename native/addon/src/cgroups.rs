//! Cgroups: a hierarchy's mount point (`root`) and a path beneath it.

use crate::failure::OrThrow;
use napi::bindgen_prelude::Null;
use napi::{Either, Env, Result};
use napi_derive::napi;
use trunc_core::cgroup::{self, freezer, watch};
use trunc_core::ops;
use trunc_plan::host_ops::HostOp;
use trunc_plan::values::{I32, U32, U64};

/// A cgroup.
#[napi(object, object_to_js = false)]
pub struct CgroupPath {
    pub root: String,
    pub path: String,
}

/// The processes in a cgroup and below it.
#[napi]
pub fn cgroup_procs(env: Env, root: String, path: String) -> Result<Vec<u32>> {
    cgroup::processes(&root, &path).or_throw(&env)
}

/// A file of a cgroup; null when there is no such cgroup or file.
#[napi]
pub fn read_cgroup(
    env: Env,
    root: String,
    path: String,
    file: String,
) -> Result<Either<String, Null>> {
    let text = cgroup::read(&root, &path, &file).or_throw(&env)?;
    Ok(text.map_or(Either::B(Null), Either::A))
}

/// A file of a cgroup.
#[napi(object, object_to_js = false)]
pub struct CgroupFile {
    pub root: String,
    pub path: String,
    pub file: String,
}

/// Files of cgroups; null for each that is not there or has nothing to say.
#[napi]
pub fn read_cgroup_files(env: Env, files: Vec<CgroupFile>) -> Result<Vec<Either<String, Null>>> {
    let texts: trunc_core::Result<Vec<_>> = files
        .iter()
        .map(|CgroupFile { root, path, file }| cgroup::read_if_any(root, path, file))
        .collect();
    let texts = texts.or_throw(&env)?.into_iter();
    Ok(texts
        .map(|text| text.map_or(Either::B(Null), Either::A))
        .collect())
}

/// Writes a file of a cgroup, in one write(2).
#[napi]
pub fn write_cgroup(
    env: Env,
    root: String,
    path: String,
    file: String,
    text: String,
) -> Result<()> {
    cgroup::write(&root, &path, &file, &text).or_throw(&env)
}

/// Removes cgroups with those below them, waiting for processes on their way out; with `kill` it sends them there.
#[napi]
pub fn remove_cgroups(
    env: Env,
    paths: Vec<CgroupPath>,
    timeout_ms: U32,
    kill: Option<bool>,
) -> Result<()> {
    let paths: Vec<_> = paths
        .into_iter()
        .map(|CgroupPath { root, path }| (root, path))
        .collect();
    cgroup::remove::remove(&paths, timeout_ms.0, kill.unwrap_or(false)).or_throw(&env)
}

/// Signals every process in a cgroup and below it, until none is new.
#[napi]
pub fn kill_cgroup(env: Env, root: String, path: String, signal: I32) -> Result<()> {
    cgroup::kill::kill(&root, &path, signal.0).or_throw(&env)
}

/// Stops all processes of the cgroup whose freezer this file is (`freezer.state` or `cgroup.freeze`), and waits until they
/// stand still; what did not in time is thawed again (`ETIMEDOUT`).
#[napi]
pub fn freeze_cgroup(env: Env, freezer: CgroupFile, timeout_ms: U32) -> Result<()> {
    let CgroupFile { root, path, file } = freezer;
    freezer::freeze(&root, &path, &file, timeout_ms.0).or_throw(&env)
}

/// Lets them continue, and waits until they may (`ETIMEDOUT`: a cgroup above is frozen).
#[napi]
pub fn thaw_cgroup(env: Env, freezer: CgroupFile, timeout_ms: U32) -> Result<()> {
    let CgroupFile { root, path, file } = freezer;
    freezer::thaw(&root, &path, &file, timeout_ms.0).or_throw(&env)
}

/// Does steps of a plan that need no init, for a container that is there already; the error's `op` is the index.
#[napi]
pub fn apply_ops(env: Env, ops: Vec<HostOp>) -> Result<()> {
    ops::list::apply(&ops).or_throw(&env)
}

/// What happens to a container.
#[napi]
pub struct Watch(Option<watch::Watch>);

#[napi]
impl Watch {
    /// Watches the container's first process and, unless it is null, the cgroup that counts its memory.
    #[napi(constructor)]
    pub fn new(
        env: Env,
        pid: U32,
        start_time: U64,
        memory: Either<CgroupPath, Null>,
    ) -> Result<Self> {
        let memory = match &memory {
            Either::A(CgroupPath { root, path }) => Some((&**root, &**path)),
            Either::B(Null) => None,
        };
        watch::Watch::new(pid.0, start_time.0, memory)
            .or_throw(&env)
            .map(|watch| Self(Some(watch)))
    }

    /// What came first: want of memory, the end of the first process, or `timeoutMs` (0: never). Closed, it is the end.
    #[napi(ts_return_type = "'oom' | 'end' | 'timeout'")]
    pub fn wait(&mut self, env: Env, timeout_ms: U32) -> Result<&'static str> {
        let Some(watch) = &mut self.0 else {
            return Ok("end");
        };
        Ok(match watch.wait(timeout_ms.0).or_throw(&env)? {
            watch::Event::Oom => "oom",
            watch::Event::End => "end",
            watch::Event::Timeout => "timeout",
        })
    }

    /// Stops watching.
    #[napi]
    pub fn close(&mut self) {
        self.0 = None;
    }
}
