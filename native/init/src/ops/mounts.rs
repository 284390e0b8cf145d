//! Mounts: new file systems and binds, by the mount API of Linux 5.2 and 5.12; targets are descriptors.

use super::rootfs::{BY_DESCRIPTOR, clone_tree, is_directory};
use super::{Init, copy_up};
use crate::failure::{During, Failure, failed};
use crate::paths::{self, Kind};
use crate::text::{self, Buffer};
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsconfig_set_flag,
    fsconfig_set_string, fsmount, fsopen, move_mount,
};
use trunc_plan::wire::TextList;
use trunc_sys::mount::{MountAttr, mount_setattr};

/// `MS_REC` of linux/mount.h.
pub const MS_REC: u32 = 0x4000;
/// `MOUNT_ATTR__ATIME`: the access time is a field, not bits; to set one value is to clear the field first.
const ATIME_FIELD: u32 = 0x70;

/// The fields of `MountFs`.
pub struct NewMount<'a> {
    pub target: &'a CStr,
    pub fstype: &'a CStr,
    pub params: TextList<'a>,
    pub attrs: u32,
    pub propagation: u32,
    pub copy_up: bool,
}

/// The fields of `MountBind`.
pub struct Bind<'a> {
    pub target: &'a CStr,
    pub source: &'a CStr,
    pub fd: i32,
    pub recursive: bool,
    pub change: Change,
}

/// What changes on a mount.
pub struct Change {
    pub set: u32,
    pub clear: u32,
    pub recursive_set: u32,
    pub recursive_clear: u32,
    pub propagation: u32,
}

/// `MountFs`.
pub fn mount_fs(init: &mut Init, mount: &NewMount<'_>) -> Result<(), Failure> {
    let (target, was_there) = open_target(init, mount)?;
    let fs = fsopen(mount.fstype, FsOpenFlags::FSOPEN_CLOEXEC).during("fsopen")?;
    let configured = configure(fs.as_fd(), mount, was_there.then_some(target.as_fd()));
    if let Err(failure) = configured {
        read_log(init, fs.as_fd());
        return Err(failure);
    }
    let attrs = MountAttrFlags::from_bits_retain(mount.attrs);
    let tree = match fsmount(fs.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attrs) {
        Ok(tree) => tree,
        Err(errno) => {
            read_log(init, fs.as_fd());
            return failed("fsmount", errno);
        }
    };
    if mount.copy_up {
        copy_up::copy(target.as_fd(), tree.as_fd())?;
    }
    attach(tree.as_fd(), target.as_fd(), mount.propagation)?;
    init.tree()?.mounted(!was_there);
    Ok(())
}

/// /proc and /sys must be real directories: a link could leave the masks behind (CVE-2023-27561).
/// The flag says whether the target was there already.
fn open_target(init: &mut Init, mount: &NewMount<'_>) -> Result<(OwnedFd, bool), Failure> {
    if mount.fstype == c"proc" || mount.fstype == c"sysfs" {
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        match paths::open_without_links(init.root()?, mount.target, flags) {
            Err(Errno::NOENT) => {}
            other => return other.during("openat2").map(|target| (target, true)),
        }
    }
    init.target(mount.target, Kind::Directory)
        .map(|(target, is_new)| (target, !is_new))
}

fn configure(
    fs: BorrowedFd<'_>,
    mount: &NewMount<'_>,
    covered: Option<BorrowedFd<'_>>,
) -> Result<(), Failure> {
    let mut has_mode = false;
    for param in mount.params.iter() {
        has_mode |= param.to_bytes().starts_with(b"mode=");
        set_param(fs, param)?;
    }
    if let Some(covered) = covered.filter(|_| mount.fstype == c"tmpfs" && !has_mode) {
        inherit_mode(fs, covered)?;
    }
    fsconfig_create(fs).during("fsconfig")
}

/// A tmpfs without a mode takes that of the directory it covers, as runc has it.
fn inherit_mode(fs: BorrowedFd<'_>, covered: BorrowedFd<'_>) -> Result<(), Failure> {
    let stat = rustix::fs::statat(covered, c"", rustix::fs::AtFlags::EMPTY_PATH).during("fstat")?;
    let mode = stat.st_mode & 0o7777;
    let mut digits = Buffer::<8>::new();
    for shift in [9, 6, 3, 0] {
        digits.push_number(u64::from(mode >> shift & 7));
    }
    fsconfig_set_string(fs, c"mode", digits.as_c_str()).during("fsconfig")
}

fn set_param(fs: BorrowedFd<'_>, param: &CStr) -> Result<(), Failure> {
    let Some((key, value)) = text::split_once(param.to_bytes_with_nul(), b'=') else {
        return fsconfig_set_flag(fs, param).during("fsconfig");
    };
    let mut name = Buffer::<256>::new();
    let fits = name.push(key);
    let value = CStr::from_bytes_with_nul(value)
        .map_err(|_| Errno::INVAL)
        .during("fsconfig")?;
    if !fits {
        return failed("fsconfig", Errno::INVAL);
    }
    fsconfig_set_string(fs, name.as_c_str(), value).during("fsconfig")
}

/// What the kernel says about a refused mount is the best text there is: "e tmpfs: Unknown parameter 'foo'".
fn read_log(init: &mut Init, fs: BorrowedFd<'_>) {
    let mut line = [0; 256];
    let note = &mut init.control.note;
    note.clear();
    while let Ok(length) = rustix::io::read(fs, &mut line) {
        if !note.as_bytes().is_empty() {
            note.push(b"; ");
        }
        let line = line.get(..length).unwrap_or_default();
        note.push(line.strip_prefix(b"e ").unwrap_or(line).trim_ascii_end());
    }
}

/// `MountBind`. The tree is changed while it is detached: nobody sees it before it is as it should be.
pub fn mount_bind(init: &mut Init, bind: &Bind<'_>) -> Result<(), Failure> {
    let tree = open_source(init, bind)?;
    // Most targets are there; what the source is only matters for one that is made.
    let (target, is_new) = match init.tree()?.open(bind.target, OFlags::PATH) {
        Ok(target) => (target, false),
        Err(_) => init.target(bind.target, kind_of(tree.as_fd())?)?,
    };
    change(tree.as_fd(), &bind.change, bind.recursive)?;
    attach(tree.as_fd(), target.as_fd(), 0)
        .map_err(|failure| name_mismatch(failure, tree.as_fd(), target.as_fd()))?;
    init.tree()?.mounted(is_new);
    Ok(())
}

fn kind_of(fd: BorrowedFd<'_>) -> Result<Kind, Failure> {
    Ok(if is_directory(fd)? {
        Kind::Directory
    } else {
        Kind::File
    })
}

/// A directory over a file, or the other way round, is a mere EINVAL to move_mount(2).
fn name_mismatch(failure: Failure, tree: BorrowedFd<'_>, target: BorrowedFd<'_>) -> Failure {
    match (kind_of(tree), kind_of(target)) {
        (Ok(source), Ok(place)) if failure.errno == Errno::INVAL && source != place => Failure {
            errno: Errno::NOTDIR,
            ..failure
        },
        _ => failure,
    }
}

fn open_source(init: &mut Init, bind: &Bind<'_>) -> Result<OwnedFd, Failure> {
    let Ok(index) = usize::try_from(bind.fd) else {
        return clone_tree(bind.source, bind.recursive).during("open_tree");
    };
    init.control
        .plan_fd(index)
        .and_then(Option::take)
        .ok_or(Errno::BADF)
        .during("open_tree")
}

/// `has_more`: other mounts may lie below; for a single mount recursive changes are changes of it, in one call.
fn change(tree: BorrowedFd<'_>, change: &Change, has_more: bool) -> Result<(), Failure> {
    let propagation = u64::from(change.propagation & !MS_REC);
    if !has_more {
        let (set, clear) = (
            change.set | change.recursive_set,
            change.clear | change.recursive_clear,
        );
        return apply(
            tree,
            attr_of(set, clear & !change.recursive_set, propagation),
            false,
        );
    }
    let recursively = change.propagation & MS_REC != 0;
    let top = attr_of(
        change.set,
        change.clear,
        if recursively { 0 } else { propagation },
    );
    let below = attr_of(
        change.recursive_set,
        change.recursive_clear,
        if recursively { propagation } else { 0 },
    );
    apply(tree, top, false)?;
    apply(tree, below, true)
}

fn apply(tree: BorrowedFd<'_>, attr: MountAttr, recursive: bool) -> Result<(), Failure> {
    if attr.set | attr.clear | attr.propagation == 0 {
        return Ok(());
    }
    mount_setattr(tree, recursive, attr).during("mount_setattr")
}

fn attr_of(set: u32, clear: u32, propagation: u64) -> MountAttr {
    let clear = if (set | clear) & ATIME_FIELD == 0 {
        clear
    } else {
        clear | ATIME_FIELD
    };
    MountAttr {
        set: u64::from(set),
        clear: u64::from(clear),
        propagation,
        userns_fd: 0,
    }
}

/// `SetMountAttr`.
pub fn set_mount_attr(
    init: &Init,
    path: &CStr,
    set: u32,
    clear: u32,
    propagation: u32,
    recursive: bool,
) -> Result<(), Failure> {
    let mount = paths::open(init.root()?, path, OFlags::PATH).during("openat2")?;
    let recursive = recursive || propagation & MS_REC != 0;
    let attr = attr_of(set, clear, u64::from(propagation & !MS_REC));
    mount_setattr(mount.as_fd(), recursive, attr).during("mount_setattr")
}

fn attach(tree: BorrowedFd<'_>, target: BorrowedFd<'_>, propagation: u32) -> Result<(), Failure> {
    if propagation != 0 {
        let attr = attr_of(0, 0, u64::from(propagation & !MS_REC));
        mount_setattr(tree, propagation & MS_REC != 0, attr).during("mount_setattr")?;
    }
    move_mount(tree, c"", target, c"", BY_DESCRIPTOR).during("move_mount")
}
