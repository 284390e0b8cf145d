//! Descriptors: close_range(2), and descriptors by number.

use linux_raw_sys::general::{
    __NR_close_range, __NR_dup3, __NR_fcntl, F_GETFD, F_SETFD, FD_CLOEXEC,
};
use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;

const CLOSE_RANGE_CLOEXEC: usize = 4;

/// Marks every descriptor from `first` on close-on-exec. Linux 5.11.
///
/// # Errors
/// `EINVAL` when the kernel does not know the flag.
pub fn close_on_exec_from(first: u32) -> Result<(), Errno> {
    let args = [
        first as usize,
        u32::MAX as usize,
        CLOSE_RANGE_CLOEXEC,
        0,
        0,
        0,
    ];
    // SAFETY: with this flag nothing is closed now.
    unsafe { crate::raw::syscall(__NR_close_range, args) }.map(|_| ())
}

/// Makes descriptor `number` refer to what `fd` refers to, kept over exec; what it referred to before is closed.
///
/// # Errors
/// `EBADF` beyond the limit of descriptors.
pub fn duplicate_to(fd: BorrowedFd<'_>, number: u32) -> Result<(), Errno> {
    // SAFETY: callers use it on standard descriptors and just before exec, where nobody owns `number`.
    unsafe {
        crate::raw::syscall(
            __NR_dup3,
            [crate::fd_arg(fd.as_raw_fd()), number as usize, 0, 0, 0, 0],
        )
    }
    .map(|_| ())
}

/// Takes ownership of a descriptor that came with exec, and does not pass it on to the next one.
///
/// # Errors
/// `EBADF` when there is none of this number.
pub fn inherited(number: RawFd) -> Result<OwnedFd, Errno> {
    let close_on_exec = [
        crate::fd_arg(number),
        F_SETFD as usize,
        FD_CLOEXEC as usize,
        0,
        0,
        0,
    ];
    // SAFETY: nobody in this program uses the number yet.
    unsafe { crate::raw::syscall(__NR_fcntl, close_on_exec) }?;
    // SAFETY: the descriptor is open and, having come with exec, has no owner yet.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Whether this process has a descriptor of this number.
#[must_use]
pub fn is_open(number: u32) -> bool {
    let args = [number as usize, F_GETFD as usize, 0, 0, 0, 0];
    // SAFETY: F_GETFD has no effect.
    unsafe { crate::raw::syscall(__NR_fcntl, args) }.is_ok()
}

/// Standard input, output and error. The launcher opens those that its caller left closed.
#[must_use]
pub const fn standard() -> [BorrowedFd<'static>; 3] {
    // SAFETY: 0, 1 and 2 are open in every program of the runtime and nobody closes them.
    unsafe {
        [
            BorrowedFd::borrow_raw(0),
            BorrowedFd::borrow_raw(1),
            BorrowedFd::borrow_raw(2),
        ]
    }
}
