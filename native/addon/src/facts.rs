//! What the host offers.

use crate::failure::OrThrow;
use napi::{Env, Result};
use napi_derive::napi;
use trunc_core::{facts as core, rights};

/// What the host offers.
#[napi(object, object_from_js = false)]
pub struct Facts {
    pub euid: u32,
    pub egid: u32,
    /// What is permitted to this process, one bit a capability; below 2^53.
    pub capabilities: f64,
    pub cgroup: CgroupFacts,
    pub apparmor: bool,
    pub selinux: bool,
    /// As uname(2) says, `x86_64`.
    pub arch: String,
    /// As uname(2) says, `6.18.0`.
    pub kernel: String,
}

/// How cgroups are set up.
#[napi(object, object_from_js = false)]
pub struct CgroupFacts {
    #[napi(ts_type = "'v1' | 'hybrid' | 'v2' | 'none'")]
    pub mode: String,
    /// v1.
    pub hierarchies: Vec<Hierarchy>,
    /// v2.
    pub unified: Option<Hierarchy>,
}

/// A mounted cgroup hierarchy.
#[napi(object, object_from_js = false)]
pub struct Hierarchy {
    pub controllers: Vec<String>,
    /// Mount point.
    pub root: String,
    /// This process's path in it.
    pub own: String,
}

/// Reads what the host offers.
#[napi]
pub fn facts(env: Env) -> Result<Facts> {
    let read = core::read().or_throw(&env)?;
    let hierarchies = read.cgroup.hierarchies.into_iter();
    let hierarchies = hierarchies.map(
        |core::Hierarchy {
             controllers,
             root,
             own,
         }| Hierarchy {
            controllers,
            root,
            own,
        },
    );
    let unified = read.cgroup.unified.map(
        |core::Unified {
             root,
             own,
             controllers,
         }| Hierarchy {
            controllers,
            root,
            own,
        },
    );
    Ok(Facts {
        euid: read.euid,
        egid: read.egid,
        capabilities: number(read.capabilities),
        cgroup: CgroupFacts {
            mode: read.cgroup.mode.to_owned(),
            hierarchies: hierarchies.collect(),
            unified,
        },
        apparmor: read.apparmor,
        selinux: read.selinux,
        arch: read.arch,
        kernel: read.kernel,
    })
}

fn number(bits: u64) -> f64 {
    let [high, low] = [bits >> 32, bits & 0xffff_ffff].map(|half| u32::try_from(half).unwrap_or(0));
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// Whether files can be made in a directory, or a file written.
#[napi]
#[must_use]
#[allow(clippy::needless_pass_by_value, reason = "napi hands strings over")]
pub fn may_write(path: String) -> bool {
    rights::may_write(&path)
}

/// Whether this process's mounts can be copied: root of a user namespace alone has no power over them.
#[napi]
#[must_use]
pub fn may_mount() -> bool {
    rights::may_mount()
}
