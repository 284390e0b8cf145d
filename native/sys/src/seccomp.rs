//! seccomp(2): filters.

use linux_raw_sys::general::__NR_seccomp;
use rustix::io::Errno;

const SECCOMP_SET_MODE_FILTER: usize = 1;

/// `struct sock_fprog` of linux/filter.h.
#[repr(C)]
struct Program {
    length: u16,
    filter: *const u8,
}

/// Installs a filter of `struct sock_filter` (8 bytes each) on this thread; returns the listener's descriptor number
/// when `flags` has `SECCOMP_FILTER_FLAG_NEW_LISTENER`, else 0.
///
/// # Errors
/// `EACCES` with neither no-new-privileges nor `CAP_SYS_ADMIN`, `EINVAL` for a filter that the kernel refuses, `EBUSY` for a
/// second listener.
pub fn set_filter(filter: &[u8], flags: u32) -> Result<usize, Errno> {
    let length = u16::try_from(filter.len() / 8).map_err(|_| Errno::INVAL)?;
    let program = Program {
        length,
        filter: filter.as_ptr(),
    };
    let args = [
        SECCOMP_SET_MODE_FILTER,
        flags as usize,
        (&raw const program).addr(),
        0,
        0,
        0,
    ];
    // SAFETY: the kernel copies `length` instructions, which lie in `filter`, before it returns.
    unsafe { crate::raw::syscall(__NR_seccomp, args) }
}
