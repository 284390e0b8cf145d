//! The descriptors that the host opens for the init.

mod fifo;
mod idmap;
mod tree;

use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, fstatfs, open as open_file};
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use trunc_plan::host_ops::FdOp;

use crate::error::{Call, Error, Result};

/// Opens one.
///
/// # Errors
/// The call that failed.
pub fn open(op: &FdOp) -> Result<OwnedFd> {
    match op {
        FdOp::Fifo { path, .. } => fifo::make(path),
        FdOp::HostProc { .. } => host_proc(),
        FdOp::File { path, .. } => {
            open_file(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).call("open", path)
        }
        FdOp::Given { number, .. } => copy(number.0),
        FdOp::Tree {
            source,
            recursive,
            uid_map,
            gid_map,
            map_of,
            recursive_map,
            ..
        } => {
            let map = idmap::open(uid_map, gid_map, map_of)?;
            tree::open(source, *recursive, map.as_ref(), *recursive_map)
        }
    }
}

/// The step's name and the place in config.json that asked for it.
#[must_use]
pub fn place(op: &FdOp) -> (&'static str, &str) {
    match op {
        FdOp::Fifo { at, .. } => ("fifo", at),
        FdOp::Tree { at, .. } => ("tree", at),
        FdOp::HostProc { at } => ("hostProc", at),
        FdOp::File { at, .. } => ("file", at),
        FdOp::Given { at, .. } => ("given", at),
    }
}

fn copy(number: i32) -> Result<OwnedFd> {
    let held = crate::descriptors::get(number)?;
    fcntl_dupfd_cloexec(&*held, 3).call("fcntl", "")
}

/// A container's /proc may be covered; this one is seen to be a procfs.
fn host_proc() -> Result<OwnedFd> {
    const PROC_SUPER_MAGIC: i64 = 0x9fa0;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let procfs = open_file("/proc", flags, Mode::empty()).call("open", "/proc")?;
    match fstatfs(&procfs).call("fstatfs", "/proc")?.f_type {
        PROC_SUPER_MAGIC => Ok(procfs),
        _ => Err(Error::call("open", Errno::NODEV, "/proc is no procfs")),
    }
}
