//! Paths that the container must not write or see.

use super::rootfs::{BY_DESCRIPTOR, clone_at, is_directory};
use super::{Init, given};
use crate::failure::{During, Failure, failed};
use crate::paths;
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, FileType, OFlags, makedev, statat};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsconfig_set_string, fsmount,
    fsopen, move_mount,
};
use trunc_sys::mount::{MountAttr, mount_setattr};

const MOUNT_ATTR_RDONLY: u64 = 1;

/// `ReadonlyPath`.
pub fn readonly_path(init: &Init, path: &CStr) -> Result<(), Failure> {
    let Some(place) = open_existing(init, path)? else {
        return Ok(());
    };
    let tree = clone_at(place.as_fd(), true).during("open_tree")?;
    let attr = MountAttr {
        set: MOUNT_ATTR_RDONLY,
        ..MountAttr::default()
    };
    mount_setattr(tree.as_fd(), true, attr).during("mount_setattr")?;
    move_mount(&tree, c"", &place, c"", BY_DESCRIPTOR).during("move_mount")
}

/// `MaskPath`: one empty directory and one /dev/null, copied for each path, for a mount of its own costs four times as much.
pub fn mask_path(init: &mut Init, path: &CStr, label: &CStr) -> Result<(), Failure> {
    let Some(place) = open_existing(init, path)? else {
        return Ok(());
    };
    if !is_directory(place.as_fd())? {
        let null = null_device(init)?;
        return cover(null.as_fd(), place.as_fd());
    }
    if let Some(empty) = &init.mask {
        return cover(empty.as_fd(), place.as_fd());
    }
    // Only what is mounted somewhere can be copied before Linux 6.15: the first one goes where it is needed first.
    let empty = empty_directory(label)?;
    move_mount(&empty, c"", &place, c"", BY_DESCRIPTOR).during("move_mount")?;
    init.mask = Some(empty);
    Ok(())
}

/// Puts a copy of the mount that `source` lies on over `place`.
fn cover(source: BorrowedFd<'_>, place: BorrowedFd<'_>) -> Result<(), Failure> {
    let tree = clone_at(source, false).during("open_tree")?;
    move_mount(&tree, c"", place, c"", BY_DESCRIPTOR).during("move_mount")
}

fn open_existing(init: &Init, path: &CStr) -> Result<Option<OwnedFd>, Failure> {
    match paths::open(init.root()?, path, OFlags::PATH) {
        Ok(place) => Ok(Some(place)),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(errno) => failed("openat2", errno),
    }
}

fn empty_directory(label: &CStr) -> Result<OwnedFd, Failure> {
    let fs = fsopen(c"tmpfs", FsOpenFlags::FSOPEN_CLOEXEC).during("fsopen")?;
    fsconfig_set_string(fs.as_fd(), c"mode", c"755").during("fsconfig")?;
    fsconfig_set_string(fs.as_fd(), c"nr_inodes", c"2").during("fsconfig")?;
    if let Some(label) = given(label) {
        fsconfig_set_string(fs.as_fd(), c"context", label).during("fsconfig")?;
    }
    fsconfig_create(fs.as_fd()).during("fsconfig")?;
    let readonly = MountAttrFlags::MOUNT_ATTR_RDONLY;
    fsmount(fs.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, readonly).during("fsmount")
}

/// The container's /dev/null, after a look at what it is: an image or a volume may have put something else there
/// (CVE-2025-31133).
fn null_device(init: &mut Init) -> Result<&OwnedFd, Failure> {
    if init.null.is_none() {
        let null = paths::open(init.root()?, c"/dev/null", OFlags::PATH | OFlags::NOFOLLOW)
            .during("openat2")?;
        let stat = statat(&null, c"", AtFlags::EMPTY_PATH).during("fstat")?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::CharacterDevice
            || stat.st_rdev != makedev(1, 3)
        {
            init.control
                .note
                .push(b"/dev/null of the container is not the null device");
            return failed("fstat", Errno::INVAL);
        }
        init.null = Some(null);
    }
    init.null.as_ref().ok_or(Errno::BADF).during("openat2")
}
