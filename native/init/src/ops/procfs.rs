//! A procfs that nobody else can reach: sysctls and labels are written through it, so that nothing mounted over /proc can
//! redirect them (CVE-2025-52881).

use super::Init;
use crate::failure::{During, Failure, failed};
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsmount, fsopen};

/// `OpenProc`. In a user namespace the kernel allows it only while another procfs is visible: hence before the pivot.
pub fn open_proc(init: &mut Init) -> Result<(), Failure> {
    let fs = fsopen(c"proc", FsOpenFlags::FSOPEN_CLOEXEC).during("fsopen")?;
    fsconfig_create(fs.as_fd()).during("fsconfig")?;
    let attrs = MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NODEV
        | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    init.procfs =
        Some(fsmount(fs.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attrs).during("fsmount")?);
    Ok(())
}

/// `WriteProc`: one write(2), nothing crossed on the way.
pub fn write_proc(init: &Init, path: &CStr, text: &CStr) -> Result<(), Failure> {
    let Some(procfs) = &init.procfs else {
        return failed("procfs", Errno::BADF);
    };
    write_in(procfs.as_fd(), path, text)
}

/// `WriteHostProc`: /proc/thread-self is this process in every procfs of a namespace that it is in. Closed before the program
/// is looked for, or it could be found through this descriptor.
pub fn write_host_proc(init: &mut Init, fd: u32, path: &CStr, text: &CStr) -> Result<(), Failure> {
    let procfs = init.control.plan_fd(fd as usize).and_then(Option::take);
    let procfs = procfs.ok_or(Errno::BADF).during("procfs")?;
    write_in(procfs.as_fd(), path, text)
}

fn write_in(procfs: BorrowedFd<'_>, path: &CStr, text: &CStr) -> Result<(), Failure> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_XDEV | ResolveFlags::NO_MAGICLINKS;
    // thread-self is a link, but none that leads out; everything else in reach is a plain file.
    let file = openat2(
        procfs,
        path,
        OFlags::WRONLY | OFlags::CLOEXEC,
        Mode::empty(),
        resolve,
    )
    .during("openat2")?;
    let written = rustix::io::write(&file, text.to_bytes()).during("write")?;
    if written == text.count_bytes() {
        Ok(())
    } else {
        failed("write", Errno::IO)
    }
}
