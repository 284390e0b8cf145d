//! mount_setattr(2), Linux 5.12.

use core::ffi::CStr;
use linux_raw_sys::general::{__NR_mount_setattr, AT_EMPTY_PATH, AT_RECURSIVE, mount_attr};
use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::io::Errno;

/// What [`mount_setattr`] changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct MountAttr {
    /// `MOUNT_ATTR_*` bits to set.
    pub set: u64,
    /// `MOUNT_ATTR_*` bits to clear.
    pub clear: u64,
    /// `MS_PRIVATE`, `MS_SLAVE`, `MS_SHARED` or `MS_UNBINDABLE`; 0 leaves the propagation as it is.
    pub propagation: u64,
    /// User namespace of the id map, for `MOUNT_ATTR_IDMAP`; 0 where the bit is not set.
    pub userns_fd: u64,
}

/// Changes the mount that `mount` is the root of, with `recursive` those below too.
///
/// `int mount_setattr(int dirfd, const char *path, unsigned flags, struct mount_attr *attr, size_t size)`
/// <https://man7.org/linux/man-pages/man2/mount_setattr.2.html>
///
/// # Errors
/// `EINVAL` when the descriptor is no mount's root, `EPERM` for a locked flag.
pub fn mount_setattr(mount: BorrowedFd<'_>, recursive: bool, attr: MountAttr) -> Result<(), Errno> {
    let attr = mount_attr {
        attr_set: attr.set,
        attr_clr: attr.clear,
        propagation: attr.propagation,
        userns_fd: attr.userns_fd,
    };
    let path: &CStr = c"";
    let flags = AT_EMPTY_PATH | if recursive { AT_RECURSIVE } else { 0 };
    let args = [
        crate::fd_arg(mount.as_raw_fd()),
        path.as_ptr().addr(),
        flags as usize,
        (&raw const attr).addr(),
        size_of::<mount_attr>(),
        0,
    ];
    // SAFETY: path and attr outlive the call, which only reads them.
    unsafe { crate::raw::syscall(__NR_mount_setattr, args) }.map(|_| ())
}
