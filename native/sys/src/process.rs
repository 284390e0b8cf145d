//! execve(2), signals and the end of a process, for programs without std.

use core::ffi::CStr;
use core::ptr;
use linux_raw_sys::general::{
    __NR_clock_gettime, __NR_execve, __NR_exit_group, __NR_getcwd, __NR_prlimit64,
    __NR_rt_sigaction, __NR_unshare, CLOCK_MONOTONIC, SA_RESTORER,
};
use rustix::io::Errno;

/// Pointers to NUL-terminated strings, as execve(2) wants them.
pub struct PointerList<'m> {
    pointers: &'m mut [*const u8],
    length: usize,
}

impl<'m> PointerList<'m> {
    /// An empty list in memory for `pointers.len() - 1` entries.
    #[must_use]
    pub const fn new(pointers: &'m mut [*const u8]) -> Self {
        Self {
            pointers,
            length: 0,
        }
    }

    /// Adds an entry; false when the memory is used up. The text must live as long as the list's memory.
    pub fn push(&mut self, text: &'m CStr) -> bool {
        if self.length + 1 >= self.pointers.len() {
            return false;
        }
        self.pointers[self.length] = text.as_ptr().cast();
        self.length += 1;
        true
    }

    pub(crate) fn terminated(&mut self) -> *const *const u8 {
        self.pointers[self.length] = ptr::null();
        self.pointers.as_ptr()
    }
}

/// execve(2); returns only when it failed.
pub fn execve(path: &CStr, mut args: PointerList<'_>, mut env: PointerList<'_>) -> Errno {
    let raw = [
        path.as_ptr().addr(),
        args.terminated().addr(),
        env.terminated().addr(),
        0,
        0,
        0,
    ];
    // SAFETY: both lists end with a null pointer and hold pointers to NUL-terminated strings that outlive the call.
    unsafe { crate::raw::syscall(__NR_execve, raw) }
        .err()
        .unwrap_or(Errno::INVAL)
}

/// _exit(2) of all threads.
pub fn exit(status: u8) -> ! {
    loop {
        // SAFETY: ends the process.
        let _never =
            unsafe { crate::raw::syscall(__NR_exit_group, [usize::from(status), 0, 0, 0, 0, 0]) };
    }
}

/// getcwd(2) into `path`; returns the length with the NUL byte. A directory outside the root gives "(unreachable)…".
///
/// # Errors
/// `ENOENT` for a deleted directory, `ERANGE` when `path` is too short.
pub fn current_directory(path: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the kernel writes at most `path.len()` bytes.
    unsafe {
        crate::raw::syscall(
            __NR_getcwd,
            [path.as_mut_ptr().addr(), path.len(), 0, 0, 0, 0],
        )
    }
}

/// What a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// `SIG_DFL`
    Default = 0,
    /// `SIG_IGN`
    Ignore = 1,
}

/// `struct sigaction` as the kernel has it (asm/signal.h).
#[repr(C)]
struct Action {
    handler: usize,
    flags: usize,
    restorer: usize,
    mask: u64,
}

/// Sets what a signal does (`SIGPIPE` is 13).
///
/// # Errors
/// `EINVAL` for `SIGKILL`, `SIGSTOP` and numbers that are no signal.
pub fn set_disposition(signal: u32, disposition: Disposition) -> Result<(), Errno> {
    set_action(
        signal,
        &Action {
            handler: disposition as usize,
            flags: 0,
            restorer: 0,
            mask: 0,
        },
    )
}

/// Makes a signal end this process with [`EXIT_ON_SIGNAL`].
///
/// # Errors
/// `EINVAL` for `SIGKILL`, `SIGSTOP` and numbers that are no signal.
pub fn exit_on_signal(signal: u32) -> Result<(), Errno> {
    let handler = end_by_signal as extern "C" fn() -> ! as usize;
    set_action(
        signal,
        &Action {
            handler,
            flags: SA_RESTORER as usize,
            // the kernel asks for one, though nothing ever returns to it
            restorer: handler,
            mask: 0,
        },
    )
}

/// As runc's init, a Go program: that exits so where a signal that it raised again did not end it.
const EXIT_ON_SIGNAL: u8 = 2;

extern "C" fn end_by_signal() -> ! {
    exit(EXIT_ON_SIGNAL)
}

fn set_action(signal: u32, action: &Action) -> Result<(), Errno> {
    let raw = [
        signal as usize,
        core::ptr::from_ref(action).addr(),
        0,
        8,
        0,
        0,
    ];
    // SAFETY: the kernel reads one struct; the only handler is one that interrupts any code safely, for it does not return.
    unsafe { crate::raw::syscall(__NR_rt_sigaction, raw) }.map(|_| ())
}

/// Sets a resource limit of this process (`RLIMIT_*`, prlimit64(2)); `u64::MAX` is no limit.
///
/// # Errors
/// `EPERM` when the hard limit would rise without `CAP_SYS_RESOURCE`, `EINVAL` when soft is above hard.
pub fn set_limit(resource: u32, soft: u64, hard: u64) -> Result<(), Errno> {
    let limit = [soft, hard];
    // SAFETY: the kernel reads two 64-bit words.
    unsafe {
        crate::raw::syscall(
            __NR_prlimit64,
            [0, resource as usize, limit.as_ptr().addr(), 0, 0, 0],
        )
    }
    .map(|_| ())
}

/// unshare(2) of namespaces; never `CLONE_FILES`, `CLONE_FS` or anything else that threads share.
///
/// # Errors
/// `EINVAL` for other flags, `EPERM`, `ENOSPC` (a limit of namespaces).
pub fn unshare_namespaces(flags: u32) -> Result<(), Errno> {
    const NAMESPACES: u32 = 0x7e02_0080;
    if flags & !NAMESPACES != 0 {
        return Err(Errno::INVAL);
    }
    // SAFETY: namespaces have no part in memory or descriptors.
    unsafe { crate::raw::syscall(__NR_unshare, [flags as usize, 0, 0, 0, 0, 0]) }.map(|_| ())
}

/// `CLOCK_MONOTONIC` in nanoseconds.
#[must_use]
pub fn monotonic_nanoseconds() -> u64 {
    let mut time: [u64; 2] = [0; 2];
    // SAFETY: the kernel writes two 64-bit words.
    let _cannot_fail = unsafe {
        crate::raw::syscall(
            __NR_clock_gettime,
            [
                CLOCK_MONOTONIC as usize,
                time.as_mut_ptr().addr(),
                0,
                0,
                0,
                0,
            ],
        )
    };
    time[0] * 1_000_000_000 + time[1]
}
