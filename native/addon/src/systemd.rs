//! systemd's service managers: what they are, and the end of a unit. The rest are operations of a plan.

use crate::failure::OrThrow;
use napi::{Env, Result};
use napi_derive::napi;
use trunc_core::systemd as core;
use trunc_plan::host_ops::BusSocket;
use trunc_plan::values::U32;

/// What is known of a service manager.
#[napi(object, object_from_js = false)]
pub struct ServiceManager {
    /// `252.39-1~deb12u2`
    pub version: String,
    /// Its own cgroup, beneath which its units are; empty for the root.
    pub control_group: String,
    /// User id of whoever runs it, as the bus sees it.
    pub owner: u32,
}

/// Asks the service manager behind the first of the sockets that answers.
#[napi]
pub fn service_manager(env: Env, bus: Vec<BusSocket>, timeout_ms: U32) -> Result<ServiceManager> {
    let core::Facts {
        version,
        control_group,
        owner,
    } = core::facts(&bus, timeout_ms.0).or_throw(&env)?;
    Ok(ServiceManager {
        version,
        control_group,
        owner,
    })
}

/// Stops a unit, waits until it is gone, and forgets that it failed; one that is not there is gone already.
#[napi]
pub fn stop_unit(env: Env, bus: Vec<BusSocket>, unit: String, timeout_ms: U32) -> Result<()> {
    core::stop_unit(&bus, &unit, timeout_ms.0).or_throw(&env)
}
