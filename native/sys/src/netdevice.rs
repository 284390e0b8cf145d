//! Network interfaces by ioctl(2) (netdevice(7)).

use core::ffi::CStr;
use linux_raw_sys::general::__NR_ioctl;
use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::io::Errno;

const SIOCGIFFLAGS: usize = 0x8913;
const SIOCSIFFLAGS: usize = 0x8914;
const IFF_UP: u16 = 1;
/// `IFNAMSIZ`, with the NUL byte.
const NAME_SIZE: usize = 16;

/// `struct ifreq` of net/if.h, as far as the flags.
#[repr(C)]
struct InterfaceRequest {
    name: [u8; NAME_SIZE],
    flags: u16,
    rest: [u8; 22],
}

/// Brings an interface up; `socket` is any socket of the network namespace.
///
/// # Errors
/// `ENODEV` when there is no such interface, `EINVAL` for a name that is too long.
pub fn set_up(socket: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
    let mut request = InterfaceRequest {
        name: [0; NAME_SIZE],
        flags: 0,
        rest: [0; 22],
    };
    let name = name.to_bytes_with_nul();
    request
        .name
        .get_mut(..name.len())
        .ok_or(Errno::INVAL)?
        .copy_from_slice(name);

    let fd = crate::fd_arg(socket.as_raw_fd());
    // SAFETY: the kernel reads and writes one struct ifreq.
    unsafe {
        crate::raw::syscall(
            __NR_ioctl,
            [fd, SIOCGIFFLAGS, (&raw mut request).addr(), 0, 0, 0],
        )
    }?;
    if request.flags & IFF_UP != 0 {
        return Ok(());
    }
    request.flags |= IFF_UP;
    // SAFETY: the kernel reads one struct ifreq.
    unsafe {
        crate::raw::syscall(
            __NR_ioctl,
            [fd, SIOCSIFFLAGS, (&raw mut request).addr(), 0, 0, 0],
        )
    }
    .map(|_| ())
}
