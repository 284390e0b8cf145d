//! A user namespace that is nothing but an id map: the kernel takes the map of an id-mapped mount from one.

use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, open as open_file};
use std::fs::write as write_file;

use crate::error::{Call, Error, Result};

const CLONE_NEWUSER: u64 = 0x1000_0000;
const STACK: usize = 16 * 1024;

/// The namespace at `map_of`, or a new one with these maps (the process in it is gone again); `None` without any.
pub fn open(uid_map: &str, gid_map: &str, map_of: &str) -> Result<Option<OwnedFd>> {
    if !map_of.is_empty() {
        return open_namespace(map_of).map(Some);
    }
    if uid_map.is_empty() && gid_map.is_empty() {
        return Ok(None);
    }
    let mut stack = Vec::with_capacity(STACK);
    let made =
        trunc_sys::holder::with_user_namespace(stack.spare_capacity_mut(), CLONE_NEWUSER, |pid| {
            write_map(&format!("/proc/{pid}/uid_map"), uid_map)?;
            write_map(&format!("/proc/{pid}/gid_map"), gid_map)?;
            open_namespace(&format!("/proc/{pid}/ns/user"))
        });
    made.call("clone3", "user namespace of an id map")?
        .map(Some)
}

fn open_namespace(path: &str) -> Result<OwnedFd> {
    open_file(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).call("open", path)
}

fn write_map(path: &str, map: &str) -> Result<()> {
    write_file(path, map).map_err(|error| {
        let errno = rustix::io::Errno::from_io_error(&error).unwrap_or(rustix::io::Errno::IO);
        Error::call("write", errno, format!("{path} ({})", map.trim_end()))
    })
}
