//! Memory maps for programs without an allocator; all of them live until the process ends.

use core::sync::atomic::AtomicU64;
use linux_raw_sys::general::{
    __NR_mmap, MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE,
};
use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::io::Errno;

fn map(length: usize, protection: u32, flags: u32, fd: usize) -> Result<usize, Errno> {
    // SAFETY: a new map at an address of the kernel's choice changes nothing that is there.
    unsafe {
        crate::raw::syscall(
            __NR_mmap,
            [0, length, protection as usize, flags as usize, fd, 0],
        )
    }
}

/// Maps a sealed file for reading.
///
/// # Errors
/// Those of mmap(2); `EINVAL` for length 0.
pub fn map_file(fd: BorrowedFd<'_>, length: usize) -> Result<&'static [u8], Errno> {
    let address = map(
        length,
        PROT_READ,
        MAP_PRIVATE,
        crate::fd_arg(fd.as_raw_fd()),
    )?;
    // SAFETY: the map is `length` bytes long and is never unmapped; the file is sealed against changes.
    Ok(unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(address), length) })
}

/// Maps a file that is shared with another process as 64-bit words.
///
/// # Errors
/// Those of mmap(2); `EINVAL` for no words.
pub fn map_words(fd: BorrowedFd<'_>, words: usize) -> Result<&'static [AtomicU64], Errno> {
    let address = map(
        words * 8,
        PROT_READ | PROT_WRITE,
        MAP_SHARED,
        crate::fd_arg(fd.as_raw_fd()),
    )?;
    // SAFETY: the map is that long, page aligned, never unmapped, and only accessed atomically.
    Ok(unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(address), words) })
}

/// Zeroed memory for `count` pointers.
///
/// # Errors
/// `ENOMEM`.
pub fn pointers(count: usize) -> Result<&'static mut [*const u8], Errno> {
    let address = map(
        count * size_of::<*const u8>(),
        PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS,
        usize::MAX,
    )?;
    // SAFETY: fresh memory of that length, page aligned, zero (null pointers), owned by nobody else.
    Ok(unsafe {
        core::slice::from_raw_parts_mut(core::ptr::with_exposed_provenance_mut(address), count)
    })
}
