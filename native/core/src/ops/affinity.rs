//! On which CPUs the init may run.

use crate::error::{Call, Result};

/// Sets the affinity of a process.
pub fn set(pid: u32, cpus: &[u8]) -> Result<()> {
    trunc_sys::scheduling::set_affinity_of(pid, cpus).call("sched_setaffinity", "")
}
