//! One-call settings of the process and its namespaces.

use crate::failure::{During, Failure, failed};
use core::ffi::CStr;
use rustix::fd::AsFd;
use rustix::fs::Mode;
use rustix::io::Errno;
use trunc_plan::wire::U32List;
use trunc_sys::scheduling::SchedAttr;

/// `JoinKeyring`: the keyring may be searched by its user, as a session keyring of a login.
pub fn join_keyring(name: &CStr) -> Result<(), Failure> {
    /// `KEY_USR_VIEW | KEY_USR_READ | KEY_USR_SEARCH` and all of the possessor's (keyctl_setperm(3)).
    const USER_SEARCH: u32 = 0x0008_0000;
    let key = match trunc_sys::keyring::join_session_keyring(name) {
        Ok(key) => key,
        // No keyrings in this kernel: nothing to keep apart.
        Err(Errno::NOSYS) => return Ok(()),
        Err(errno) => return failed("keyctl", errno),
    };
    let mut description = [0; 256];
    let length = trunc_sys::keyring::describe(key, &mut description).during("keyctl")?;
    let permissions = permissions_of(
        description
            .get(..length.min(description.len()))
            .unwrap_or_default(),
    );
    permissions.map_or(Ok(()), |permissions| {
        trunc_sys::keyring::set_permissions(key, permissions | USER_SEARCH).during("keyctl")
    })
}

/// The permissions in "type;uid;gid;perm;description", hexadecimal.
fn permissions_of(description: &[u8]) -> Option<u32> {
    let field = description.split(|byte| *byte == b';').nth(3)?;
    core::str::from_utf8(field)
        .ok()
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
}

/// `NewSession`: the leader of a session already has nothing to leave.
pub fn new_session() -> Result<(), Failure> {
    match rustix::process::setsid() {
        Ok(_) | Err(Errno::PERM) => Ok(()),
        Err(errno) => failed("setsid", errno),
    }
}

/// `NoNewPrivileges`.
pub fn no_new_privileges() -> Result<(), Failure> {
    trunc_sys::credentials::set_no_new_privileges().during("prctl")
}

/// `ExitOnSignals`.
pub fn exit_on_signals(signals: U32List<'_>) -> Result<(), Failure> {
    signals
        .iter()
        .try_for_each(trunc_sys::process::exit_on_signal)
        .during("rt_sigaction")
}

/// `LinkUp`.
pub fn link_up(name: &CStr) -> Result<(), Failure> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        None,
    )
    .during("socket")?;
    trunc_sys::netdevice::set_up(socket.as_fd(), name).during("ioctl(SIOCSIFFLAGS)")
}

/// `JoinCgroup`: `tasks` takes threads, and 0 is the one that writes.
pub fn join_cgroup(path: &CStr) -> Result<(), Failure> {
    use rustix::fs::{OFlags, open, openat};
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let cgroup = open(path, flags, Mode::empty()).during("open")?;
    let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let tasks = openat(&cgroup, c"tasks", flags, Mode::empty()).during("openat")?;
    rustix::io::write(&tasks, b"0").during("write").map(drop)
}

/// `Scheduler`. `times` are runtime, deadline and period in nanoseconds.
pub fn scheduler(
    policy: u32,
    nice: i32,
    priority: u32,
    flags: u64,
    times: [u64; 3],
) -> Result<(), Failure> {
    let [runtime, deadline, period] = times;
    let attr = SchedAttr {
        size: 0,
        policy,
        flags,
        nice,
        priority,
        runtime,
        deadline,
        period,
    };
    trunc_sys::scheduling::set_scheduler(attr).during("sched_setattr")
}

/// `CpuAffinity`. A mask with more CPUs than any kernel has is cut by it, but remembered beyond the cgroup's cpuset.
pub fn affinity(cpus: &[u8]) -> Result<(), Failure> {
    if cpus.is_empty() {
        let _kept = trunc_sys::scheduling::set_affinity(&[0xff; 8192]);
        return Ok(());
    }
    trunc_sys::scheduling::set_affinity(cpus).during("sched_setaffinity")
}

/// `Umask`.
pub fn umask(mask: u32) -> Result<(), Failure> {
    let _before = rustix::process::umask(Mode::from_raw_mode(mask));
    Ok(())
}
