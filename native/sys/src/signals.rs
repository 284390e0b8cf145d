//! Signals: the mask of this thread, signalfd(2), signals and waiting by pidfd.

use linux_raw_sys::general::{
    __NR_pidfd_send_signal, __NR_ppoll, __NR_rt_sigprocmask, __NR_signalfd4, __NR_waitid,
    O_CLOEXEC, O_NONBLOCK, P_PIDFD, SIG_SETMASK, WEXITED,
};
use rustix::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;

use crate::raw::syscall;

/// `SIGKILL`
pub const KILL: i32 = 9;
/// `__WALL`: children with any exit signal.
const WALL: u32 = 0x4000_0000;

/// Sets this thread's signal mask (bit `n - 1` for signal `n`); returns the one before.
///
/// # Errors
/// None that is known.
pub fn set_mask(mask: u64) -> Result<u64, Errno> {
    let mut before: u64 = 0;
    let raw = [
        SIG_SETMASK as usize,
        (&raw const mask).addr(),
        (&raw mut before).addr(),
        8,
        0,
        0,
    ];
    // SAFETY: the kernel reads eight bytes and writes eight bytes.
    unsafe { syscall(__NR_rt_sigprocmask, raw) }?;
    Ok(before)
}

/// A descriptor that the signals of `mask` are read from, 128 bytes each (`struct signalfd_siginfo`, the number first).
/// They must be blocked.
///
/// # Errors
/// `EMFILE`, `ENFILE`, `ENOMEM`.
pub fn signalfd(mask: u64) -> Result<OwnedFd, Errno> {
    // SFD_CLOEXEC and SFD_NONBLOCK are these (signalfd(2)).
    let flags = O_CLOEXEC | O_NONBLOCK;
    let raw = [
        usize::MAX,
        (&raw const mask).addr(),
        8,
        flags as usize,
        0,
        0,
    ];
    // SAFETY: the kernel reads eight bytes.
    let fd = unsafe { syscall(__NR_signalfd4, raw) }?;
    // SAFETY: the kernel just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(RawFd::try_from(fd).unwrap_or(-1)) })
}

/// Sends any signal, real-time ones too; rustix knows the named ones only.
///
/// # Errors
/// `ESRCH` when the process is gone, `EPERM`, `EINVAL` for a number that is no signal.
pub fn send(pidfd: impl AsFd, signal: i32) -> Result<(), Errno> {
    let raw = [
        crate::fd_arg(pidfd.as_fd().as_raw_fd()),
        crate::fd_arg(signal),
        0,
        0,
        0,
        0,
    ];
    // SAFETY: integers only.
    unsafe { syscall(__NR_pidfd_send_signal, raw) }.map(|_| ())
}

/// Waits until a child is gone, whatever its exit signal.
pub fn reap(pidfd: impl AsFd) {
    let raw = [
        P_PIDFD as usize,
        crate::fd_arg(pidfd.as_fd().as_raw_fd()),
        0,
        (WEXITED | WALL) as usize,
        0,
        0,
    ];
    // SAFETY: no memory is given to the kernel.
    while unsafe { syscall(__NR_waitid, raw) } == Err(Errno::INTR) {}
}

/// Waits for a signal.
pub(crate) fn pause() {
    // SAFETY: no descriptors, no timeout, no mask.
    let _interrupted = unsafe { syscall(__NR_ppoll, [0; 6]) };
}
