//! Capability sets and what goes with them (capabilities(7)).

use linux_raw_sys::general::{__NR_capset, __NR_prctl, __NR_setgroups};
use linux_raw_sys::prctl::{
    PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, PR_CAP_AMBIENT_RAISE, PR_CAPBSET_DROP,
    PR_CAPBSET_READ, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_NO_NEW_PRIVS,
};
use rustix::io::Errno;

/// The highest capability number that fits the sets.
pub const LAST_CAPABILITY: u32 = 63;

fn prctl(option: u32, arg: usize, more: usize) -> Result<usize, Errno> {
    // SAFETY: the options used here take integers only.
    unsafe { crate::raw::syscall(__NR_prctl, [option as usize, arg, more, 0, 0, 0]) }
}

/// Whether a capability is in the bounding set.
///
/// # Errors
/// `EINVAL` for a capability that this kernel does not know.
pub fn is_bounding(capability: u32) -> Result<bool, Errno> {
    prctl(PR_CAPBSET_READ, capability as usize, 0).map(|has| has == 1)
}

/// Drops a capability from the bounding set.
///
/// # Errors
/// `EINVAL` for a capability that this kernel does not know, `EPERM` without `CAP_SETPCAP`.
pub fn drop_bounding(capability: u32) -> Result<(), Errno> {
    prctl(PR_CAPBSET_DROP, capability as usize, 0).map(|_| ())
}

/// Keeps the permitted set over the next change of user (`PR_SET_KEEPCAPS`).
///
/// # Errors
/// `EPERM` when the flag is locked.
pub fn keep_capabilities(keep: bool) -> Result<(), Errno> {
    prctl(PR_SET_KEEPCAPS, usize::from(keep), 0).map(|_| ())
}

/// Empties the ambient set.
///
/// # Errors
/// None that is known.
pub fn clear_ambient() -> Result<(), Errno> {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL as usize, 0).map(|_| ())
}

/// Adds a capability to the ambient set.
///
/// # Errors
/// `EPERM` when it is not both permitted and inheritable.
pub fn raise_ambient(capability: u32) -> Result<(), Errno> {
    prctl(
        PR_CAP_AMBIENT,
        PR_CAP_AMBIENT_RAISE as usize,
        capability as usize,
    )
    .map(|_| ())
}

/// `PR_SET_NO_NEW_PRIVS`.
///
/// # Errors
/// None that is known.
pub fn set_no_new_privileges() -> Result<(), Errno> {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0).map(|_| ())
}

/// `PR_SET_DUMPABLE`: whether others may look into this process by /proc and ptrace.
///
/// # Errors
/// None that is known.
pub fn set_dumpable(dumpable: bool) -> Result<(), Errno> {
    prctl(PR_SET_DUMPABLE, usize::from(dumpable), 0).map(|_| ())
}

/// The three sets of capset(2), one bit a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapabilitySets {
    /// In force.
    pub effective: u64,
    /// May be put in force.
    pub permitted: u64,
    /// Kept over execve by files that ask for it.
    pub inheritable: u64,
}

/// capset(2) for this thread. Bits that the kernel does not know are ignored by it.
///
/// # Errors
/// `EPERM`.
pub fn set_capabilities(sets: CapabilitySets) -> Result<(), Errno> {
    // linux/capability.h: _LINUX_CAPABILITY_VERSION_3, pid; then {effective, permitted, inheritable} for each 32 bits.
    let header: [u32; 2] = [0x2008_0522, 0];
    let low = |set: u64| u32::try_from(set & 0xffff_ffff).unwrap_or(0);
    let high = |set: u64| u32::try_from(set >> 32).unwrap_or(0);
    let data: [u32; 6] = [
        low(sets.effective),
        low(sets.permitted),
        low(sets.inheritable),
        high(sets.effective),
        high(sets.permitted),
        high(sets.inheritable),
    ];
    // SAFETY: the kernel reads the header and two data elements.
    unsafe {
        crate::raw::syscall(
            __NR_capset,
            [header.as_ptr().addr(), data.as_ptr().addr(), 0, 0, 0, 0],
        )
    }
    .map(|_| ())
}

/// Whether setgroups(2) is allowed here, without calling it for anything: the kernel looks at the right before the number.
/// It is denied for good where an unprivileged user wrote the group map (user_namespaces(7)).
#[must_use]
pub fn may_set_groups() -> bool {
    /// More than `NGROUPS_MAX`.
    const TOO_MANY: usize = 65_537;
    // SAFETY: nothing is read of so many.
    let answer = unsafe { crate::raw::syscall(__NR_setgroups, [TOO_MANY, 0, 0, 0, 0, 0]) };
    !matches!(answer, Err(Errno::PERM))
}

/// setgroups(2) of group ids, 32 bits each in the machine's order, from where they lie; up to `NGROUPS_MAX`, 65536.
///
/// # Errors
/// `EPERM`, `EINVAL` for too many, or for one that the user namespace does not map.
pub fn set_groups(groups: &[u8]) -> Result<(), Errno> {
    let count = groups.len() / size_of::<u32>();
    // SAFETY: the kernel reads `count` ids, wherever they lie.
    unsafe { crate::raw::syscall(__NR_setgroups, [count, groups.as_ptr().addr(), 0, 0, 0, 0]) }
        .map(|_| ())
}
