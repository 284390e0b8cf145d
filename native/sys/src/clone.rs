//! clone3(2), the fork-like kind: the child goes on where the parent is, on its own copy of the memory. For programs with one
//! thread: locks that other threads hold would stay held in the child.

use linux_raw_sys::general::{__NR_clone3, CLONE_PIDFD, CLONE_VM, clone_args};
use rustix::fd::{FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;

/// Which of the two processes a [`fork`] returned in.
pub enum Forked {
    /// The child.
    Child,
    /// The parent: the child's pid and its pidfd.
    Parent(u32, OwnedFd),
}

/// Clones this process. `flags`: `CLONE_NEW*`, `CLONE_PARENT`; never `CLONE_VM`. With `CLONE_PARENT` the signal must be 0.
///
/// # Errors
/// `EINVAL`, `EPERM`, `EAGAIN` (a limit of processes), `ENOSPC` (a limit of namespaces), `ENOMEM`; `EINVAL` for `CLONE_VM` too.
pub fn fork(flags: u64, exit_signal: u32) -> Result<Forked, Errno> {
    if flags & u64::from(CLONE_VM) != 0 {
        return Err(Errno::INVAL);
    }
    let mut pidfd: RawFd = -1;
    // SAFETY: clone_args is a struct of integers.
    let mut args: clone_args = unsafe { core::mem::zeroed() };
    args.flags = flags | u64::from(CLONE_PIDFD);
    args.pidfd = (&raw mut pidfd).addr() as u64;
    args.exit_signal = u64::from(exit_signal);
    let raw = [(&raw mut args).addr(), size_of::<clone_args>(), 0, 0, 0, 0];
    // SAFETY: without CLONE_VM the child runs on a copy of this stack; the kernel writes the pidfd of the parent only.
    match unsafe { crate::raw::syscall(__NR_clone3, raw) }? {
        0 => Ok(Forked::Child),
        // SAFETY: the kernel just made this descriptor for us.
        pid => Ok(Forked::Parent(u32::try_from(pid).unwrap_or(0), unsafe {
            OwnedFd::from_raw_fd(pidfd)
        })),
    }
}
