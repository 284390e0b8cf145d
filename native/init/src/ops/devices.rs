//! Device nodes and links in /dev.

use super::Init;
use crate::failure::{During, Failure, failed};
use core::ffi::CStr;
use rustix::fd::BorrowedFd;
use rustix::fs::{
    AtFlags, FileType, Gid, Mode, Uid, chownat, makedev, mknodat, statat, symlinkat, unlinkat,
};
use rustix::io::Errno;

/// The fields of `MakeDevice`.
pub struct Device<'a> {
    pub path: &'a CStr,
    pub kind: u32,
    pub major: u32,
    pub minor: u32,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
}

/// `MakeDevice`.
pub fn make_device(init: &mut Init, device: &Device<'_>) -> Result<(), Failure> {
    let (parent, name) = init.tree()?.parent_of(device.path)?;
    let kind = FileType::from_raw_mode(device.kind);
    let number = if kind == FileType::Fifo {
        0
    } else {
        makedev(device.major, device.minor)
    };
    match mknodat(parent, name, kind, Mode::from_raw_mode(device.mode), number) {
        Ok(()) => {}
        Err(Errno::EXIST) => return keep_same(parent, name, kind, number),
        Err(errno) => return failed("mknodat", errno),
    }
    if device.uid | device.gid == 0 {
        return Ok(());
    }
    let (uid, gid) = (
        Some(Uid::from_raw(device.uid)),
        Some(Gid::from_raw(device.gid)),
    );
    chownat(parent, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW).during("fchownat")
}

/// Something of this name is there: fine when it is the same node, for then the image or a mount brought it.
fn keep_same(
    parent: BorrowedFd<'_>,
    name: &CStr,
    kind: FileType,
    number: u64,
) -> Result<(), Failure> {
    let stat = statat(parent, name, AtFlags::SYMLINK_NOFOLLOW).during("newfstatat")?;
    let same = FileType::from_raw_mode(stat.st_mode) == kind
        && (kind == FileType::Fifo || stat.st_rdev == number);
    if same {
        Ok(())
    } else {
        failed("mknodat", Errno::EXIST)
    }
}

/// `Symlink`.
pub fn symlink(init: &mut Init, path: &CStr, target: &CStr, replace: bool) -> Result<(), Failure> {
    let (parent, name) = init.tree()?.parent_of(path)?;
    match symlinkat(target, parent, name) {
        Err(Errno::EXIST) if replace => {}
        Ok(()) | Err(Errno::EXIST) => return Ok(()),
        Err(errno) => return failed("symlinkat", errno),
    }
    unlinkat(parent, name, AtFlags::empty()).during("unlinkat")?;
    symlinkat(target, parent, name).during("symlinkat")
}
