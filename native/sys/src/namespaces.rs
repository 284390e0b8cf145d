//! What a namespace file is (ioctl_ns(2)).

use linux_raw_sys::general::__NR_ioctl;
use rustix::fd::{AsFd, AsRawFd};
use rustix::io::Errno;

const NS_GET_NSTYPE: usize = 0xb703;

/// The `CLONE_NEW*` bit of a namespace's kind.
///
/// # Errors
/// `ENOTTY` when the descriptor is no namespace file.
pub fn kind(fd: impl AsFd) -> Result<u32, Errno> {
    let raw = [
        crate::fd_arg(fd.as_fd().as_raw_fd()),
        NS_GET_NSTYPE,
        0,
        0,
        0,
        0,
    ];
    // SAFETY: this request takes no memory.
    unsafe { crate::raw::syscall(__NR_ioctl, raw) }.map(|kind| u32::try_from(kind).unwrap_or(0))
}
