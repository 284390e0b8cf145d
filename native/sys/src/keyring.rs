//! keyctl(2): session keyrings.

use core::ffi::CStr;
use linux_raw_sys::general::__NR_keyctl;
use rustix::io::Errno;

// linux/keyctl.h
const KEYCTL_JOIN_SESSION_KEYRING: usize = 1;
const KEYCTL_SETPERM: usize = 5;
const KEYCTL_DESCRIBE: usize = 6;

/// Joins a new session keyring called `name`; returns its serial number.
///
/// # Errors
/// `ENOSYS` without `CONFIG_KEYS`, `EDQUOT` when the user has too many keys.
pub fn join_session_keyring(name: &CStr) -> Result<usize, Errno> {
    // SAFETY: the kernel only reads the name, which outlives the call.
    unsafe {
        crate::raw::syscall(
            __NR_keyctl,
            [
                KEYCTL_JOIN_SESSION_KEYRING,
                name.as_ptr().addr(),
                0,
                0,
                0,
                0,
            ],
        )
    }
}

/// Describes a key ("type;uid;gid;perm;description") into `text`; returns the length that the description has.
///
/// # Errors
/// `ENOKEY`, `EACCES`.
pub fn describe(key: usize, text: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the kernel writes at most `text.len()` bytes into `text`.
    unsafe {
        crate::raw::syscall(
            __NR_keyctl,
            [
                KEYCTL_DESCRIBE,
                key,
                text.as_mut_ptr().addr(),
                text.len(),
                0,
                0,
            ],
        )
    }
}

/// Sets the permission bits of a key (keyctl_setperm(3)).
///
/// # Errors
/// `EACCES`.
pub fn set_permissions(key: usize, permissions: u32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    unsafe {
        crate::raw::syscall(
            __NR_keyctl,
            [KEYCTL_SETPERM, key, permissions as usize, 0, 0, 0],
        )
    }
    .map(|_| ())
}
