//! Scheduler, I/O priority, CPU affinity, memory policy and personality of this thread.

use linux_raw_sys::general::{
    __NR_ioprio_set, __NR_personality, __NR_sched_setaffinity, __NR_sched_setattr,
    __NR_set_mempolicy,
};
use rustix::io::Errno;

/// `struct sched_attr` of linux/sched/types.h (first published size, 48 bytes).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct SchedAttr {
    /// Length of this structure; filled in by [`set_scheduler`].
    pub size: u32,
    /// `SCHED_*`.
    pub policy: u32,
    /// `SCHED_FLAG_*` bits.
    pub flags: u64,
    /// -20 to 19.
    pub nice: i32,
    /// 1 to 99 for the real-time policies.
    pub priority: u32,
    /// Nanoseconds, all three (`SCHED_DEADLINE`).
    pub runtime: u64,
    /// See `runtime`.
    pub deadline: u64,
    /// See `runtime`.
    pub period: u64,
}

/// `int sched_setattr(pid_t pid, struct sched_attr *attr, unsigned int flags)`
///
/// # Errors
/// `EINVAL`, `EPERM`, `EBUSY` (`SCHED_DEADLINE` bandwidth).
pub fn set_scheduler(mut attr: SchedAttr) -> Result<(), Errno> {
    attr.size = 48;
    // SAFETY: the kernel reads `size` bytes of attr, which outlives the call.
    unsafe {
        crate::raw::syscall(
            __NR_sched_setattr,
            [0, (&raw const attr).addr(), 0, 0, 0, 0],
        )
    }
    .map(|_| ())
}

/// `int ioprio_set(int which, int who, int ioprio)` for this thread.
///
/// # Errors
/// `EINVAL`, `EPERM` (real-time class).
pub fn set_io_priority(value: u32) -> Result<(), Errno> {
    const IOPRIO_WHO_PROCESS: usize = 1;
    // SAFETY: no pointers.
    unsafe {
        crate::raw::syscall(
            __NR_ioprio_set,
            [IOPRIO_WHO_PROCESS, 0, value as usize, 0, 0, 0],
        )
    }
    .map(|_| ())
}

/// `int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask)` for this thread; little-endian bit mask.
///
/// # Errors
/// `EINVAL` when no CPU of the mask may be used.
pub fn set_affinity(cpus: &[u8]) -> Result<(), Errno> {
    set_affinity_of(0, cpus)
}

/// [`set_affinity`] for the first thread of another process.
///
/// # Errors
/// Those of [`set_affinity`]; `ESRCH`, `EPERM`.
pub fn set_affinity_of(pid: u32, cpus: &[u8]) -> Result<(), Errno> {
    // SAFETY: the kernel reads `cpus.len()` bytes.
    unsafe {
        crate::raw::syscall(
            __NR_sched_setaffinity,
            [pid as usize, cpus.len(), cpus.as_ptr().addr(), 0, 0, 0],
        )
    }
    .map(|_| ())
}

/// `long set_mempolicy(int mode, const unsigned long *nodemask, unsigned long maxnode)`; little-endian bit mask.
///
/// # Errors
/// `EINVAL`, `ENOSYS` without `CONFIG_NUMA`.
pub fn set_memory_policy(mode: u32, nodes: &[u8]) -> Result<(), Errno> {
    // The kernel takes maxnode - 1 bits.
    let (mask, bits) = if nodes.is_empty() {
        (0, 0)
    } else {
        (nodes.as_ptr().addr(), nodes.len() * 8 + 1)
    };
    // SAFETY: the kernel reads as many bits as `nodes` has.
    unsafe { crate::raw::syscall(__NR_set_mempolicy, [mode as usize, mask, bits, 0, 0, 0]) }
        .map(|_| ())
}

/// `int personality(unsigned long persona)`
///
/// # Errors
/// `EINVAL`.
pub fn set_personality(persona: u32) -> Result<(), Errno> {
    // SAFETY: no pointers; what the persona changes (address layout) concerns later execs.
    unsafe { crate::raw::syscall(__NR_personality, [persona as usize, 0, 0, 0, 0, 0]) }.map(|_| ())
}
