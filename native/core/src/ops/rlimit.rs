//! Hard limits of the init that it may not raise itself.

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::error::{Call, Error, Result};

/// By number (asm-generic/resource.h).
const RESOURCES: [Resource; 16] = [
    Resource::Cpu,
    Resource::Fsize,
    Resource::Data,
    Resource::Stack,
    Resource::Core,
    Resource::Rss,
    Resource::Nproc,
    Resource::Nofile,
    Resource::Memlock,
    Resource::As,
    Resource::Locks,
    Resource::Sigpending,
    Resource::Msgqueue,
    Resource::Nice,
    Resource::Rtprio,
    Resource::Rttime,
];

/// Raises a hard limit to at least `hard`; `u64::MAX` is no limit. Limits are inherited: the init has this process's.
pub fn raise(pid: u32, resource: u32, hard: u64) -> Result<()> {
    let kind = RESOURCES.get(resource as usize).copied();
    let kind =
        kind.ok_or_else(|| Error::text(format!("{resource} is no resource with a limit")))?;
    let now = rustix::process::getrlimit(kind);
    if now.maximum.is_none_or(|maximum| maximum >= hard) {
        return Ok(());
    }
    let limit = Rlimit {
        current: now.current,
        maximum: (hard != u64::MAX).then_some(hard),
    };
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    prlimit(pid, kind, limit)
        .call("prlimit64", format!("resource {resource} to {hard}"))
        .map(|_| ())
}
