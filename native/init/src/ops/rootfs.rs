//! The root file system: opened, and made the root.

use super::Init;
use super::mounts::MS_REC;
use crate::failure::{During, Failure, failed};
use crate::paths::{self, Kind};
use crate::tree::Tree;
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, FileType, Mode, OFlags, open, openat};
use rustix::io::Errno;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, UnmountFlags, move_mount, open_tree, unmount};
use rustix::process::{chdir, chroot, fchdir, pivot_root as pivot};
use trunc_sys::mount::{MountAttr, mount_setattr};

/// `MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH`: both ends by descriptor.
pub const BY_DESCRIPTOR: MoveMountFlags =
    MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH.union(MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH);

/// linux/limits.h
const PATH_MAX: usize = 4096;

/// linux/mount.h; mount_setattr(2) takes them too.
const MS_PRIVATE: u64 = 1 << 18;
const MS_SLAVE: u64 = 1 << 19;
const MS_SHARED: u32 = 1 << 20;

/// `HostPropagation`: from here on nothing that is mounted reaches the host, unless the config asks for shared mounts.
pub fn host_propagation(init: &mut Init, propagation: u32) -> Result<(), Failure> {
    init.shares_mounts = propagation & !MS_REC == MS_SHARED;
    let root = open_slash()?;
    let attr = MountAttr {
        propagation: u64::from(propagation & !MS_REC),
        ..MountAttr::default()
    };
    mount_setattr(root.as_fd(), propagation & MS_REC != 0, attr).during("mount_setattr")
}

fn open_slash() -> Result<OwnedFd, Failure> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    open(c"/", flags, Mode::empty()).during("open")
}

/// `OpenRoot`: a mount of its own (a pivot needs one), attached where it is, kept open.
pub fn open_root(init: &mut Init, source: &CStr) -> Result<(), Failure> {
    // A umask of 0 makes the modes that operations ask for exact; the plan's Umask comes last.
    super::settings::umask(0)?;
    let place = open(
        source,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .during("open")?;
    if init.shares_mounts {
        make_private_at(place.as_fd())?;
    }
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE
        | OpenTreeFlags::AT_EMPTY_PATH;
    let tree = match open_tree(&place, c"", flags) {
        // An unbindable mount: kernels of before 6.17 leave it so though it was made a slave.
        Err(Errno::INVAL) => {
            make_private_at(place.as_fd())?;
            open_tree(&place, c"", flags)
        }
        tree => tree,
    }
    .during("open_tree")?;
    move_mount(&tree, c"", &place, c"", BY_DESCRIPTOR).during("move_mount")?;
    init.tree = Some(Tree::new(tree));
    Ok(())
}

/// Makes the mount that `place` lies on private: on a shared one the container's root would appear on the host too, and
/// pivot_root(2) refuses it.
fn make_private_at(place: BorrowedFd<'_>) -> Result<(), Failure> {
    let private = MountAttr {
        propagation: MS_PRIVATE,
        ..MountAttr::default()
    };
    let up = |from: BorrowedFd<'_>, name: &CStr| {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        openat(from, name, flags, Mode::empty()).during("openat")
    };
    let mut directory = up(place, c".")?;
    // Only the root of a mount can be changed. A path has no more parts than this.
    for _ in 0..PATH_MAX {
        match mount_setattr(directory.as_fd(), false, private) {
            Err(Errno::INVAL) => directory = up(directory.as_fd(), c"..")?,
            other => return other.during("mount_setattr"),
        }
    }
    failed("mount_setattr", Errno::INVAL)
}

/// `PivotRoot`: the old root lies over the new one for a moment, then it is detached with all that is in it.
pub fn pivot_root(init: &Init) -> Result<(), Failure> {
    fchdir(init.root()?).during("fchdir")?;
    let old = if init.shares_mounts {
        Some(open_slash()?)
    } else {
        None
    };
    pivot(c".", c".").during("pivot_root")?;
    if let Some(old) = old {
        // Else the host's mounts would be detached with the copies of them here.
        let slave = MountAttr {
            propagation: MS_SLAVE,
            ..MountAttr::default()
        };
        mount_setattr(old.as_fd(), true, slave).during("mount_setattr")?;
    }
    unmount(c".", UnmountFlags::DETACH).during("umount2")?;
    chdir(c"/").during("chdir")
}

/// `MoveRoot`: for a root file system on which pivot_root(2) fails (initramfs). The host's /proc and /sys must not stay
/// reachable beneath: they would let a user namespace mount unmasked ones.
pub fn move_root(init: &Init) -> Result<(), Failure> {
    for path in [c"/proc", c"/sys"] {
        if let Err(errno) = unmount(path, UnmountFlags::DETACH)
            && !matches!(errno, Errno::INVAL | Errno::NOENT)
        {
            return failed("umount2", errno);
        }
    }
    let root = init.root()?;
    let slash = open_slash()?;
    fchdir(root).during("fchdir")?;
    move_mount(root, c"", &slash, c"", BY_DESCRIPTOR).during("move_mount")?;
    chroot(c".").during("chroot")?;
    chdir(c"/").during("chdir")
}

/// Whether a descriptor is a directory.
pub fn is_directory(fd: BorrowedFd<'_>) -> Result<bool, Failure> {
    paths::file_type(fd)
        .map(|kind| kind == FileType::Directory)
        .during("fstat")
}

/// Opens a path of the host as a detached tree.
pub fn clone_tree(source: &CStr, recursive: bool) -> Result<OwnedFd, Errno> {
    let mut flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    if recursive {
        flags |= OpenTreeFlags::AT_RECURSIVE;
    }
    open_tree(CWD, source, flags)
}

/// Copies the mount that `place` lies on, with `place` as its root.
pub fn clone_at(place: BorrowedFd<'_>, recursive: bool) -> Result<OwnedFd, Errno> {
    let mut flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_EMPTY_PATH;
    if recursive {
        flags |= OpenTreeFlags::AT_RECURSIVE;
    }
    open_tree(place, c"", flags)
}

/// `OpenSharedRoot`: no mount namespace of its own, so nothing is mounted over the root file system.
pub fn open_shared_root(init: &mut Init, source: &CStr) -> Result<(), Failure> {
    super::settings::umask(0)?;
    let root = open(
        source,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .during("open")?;
    init.tree = Some(Tree::new(root));
    Ok(())
}

/// `ChangeRoot`.
pub fn change_root(init: &Init) -> Result<(), Failure> {
    fchdir(init.root()?).during("fchdir")?;
    chroot(c".").during("chroot")?;
    chdir(c"/").during("chdir")
}

/// `MakeDirectory`.
pub fn make_directory(init: &mut Init, path: &CStr) -> Result<(), Failure> {
    init.target(path, Kind::Directory).map(drop)
}
