//! The descriptors that the program finds open.

use super::Init;
use crate::failure::{During, Failure, failed};
use crate::paths;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd};
use rustix::fs::{FileType, OFlags, fstat, makedev};
use rustix::io::Errno;

/// `ReopenNull`.
pub fn reopen_null(init: &Init) -> Result<(), Failure> {
    for fd in trunc_sys::descriptors::standard() {
        if !is_null(fd)? {
            continue;
        }
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NOCTTY;
        let Ok(null) = paths::open(init.root()?, c"/dev/null", flags) else {
            return Ok(());
        };
        if !is_null(null.as_fd())? {
            return Ok(());
        }
        let number = u32::try_from(fd.as_raw_fd()).unwrap_or_default();
        trunc_sys::descriptors::duplicate_to(null.as_fd(), number).during("dup3")?;
    }
    Ok(())
}

fn is_null(fd: BorrowedFd<'_>) -> Result<bool, Failure> {
    let stat = fstat(fd).during("fstat")?;
    let is_device = FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice;
    Ok(is_device && stat.st_rdev == makedev(1, 3))
}

/// `KeepFd`. Something of the init's own may have the number.
pub fn keep_fd(init: &mut Init, fd: u32, number: u32) -> Result<(), Failure> {
    let held = init.control.plan_fd(fd as usize).and_then(Option::take);
    let held = held.ok_or(Errno::BADF).during("dup3")?;
    if trunc_sys::descriptors::is_open(number) {
        return failed("dup3", Errno::EXIST);
    }
    trunc_sys::descriptors::duplicate_to(held.as_fd(), number).during("dup3")
}

/// `OwnStdio`.
pub fn own_stdio(uid: u32) -> Result<(), Failure> {
    use rustix::fs::{Uid, fchown};
    for fd in trunc_sys::descriptors::standard() {
        let stat = fstat(fd).during("fstat")?;
        // The null device is everybody's: a container's user must not own the host's.
        if stat.st_uid == uid || stat.st_rdev == makedev(1, 3) {
            continue;
        }
        match fchown(fd, Some(Uid::from_raw(uid)), None) {
            Ok(()) | Err(Errno::INVAL | Errno::PERM | Errno::ROFS) => {}
            Err(errno) => return failed("fchown", errno),
        }
    }
    Ok(())
}
