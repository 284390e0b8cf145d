//! Removes cgroups: bottom up, waiting for processes that are on their way out.

use rustix::fs::rmdir;
use rustix::io::Errno;
use std::time::Duration;

use super::{full_path, kill, tree};
use crate::beneath::components;
use crate::error::{Error, Result};
use crate::io::Deadline;

/// Removes the cgroups, with those below them; those that are not there are no error.
///
/// # Errors
/// Names each that stayed, and why.
pub fn remove(cgroups: &[(String, String)], timeout_ms: u32, kill: bool) -> Result<()> {
    let mut stayed = Vec::new();
    let mut errno = None;
    for (root, path) in cgroups {
        if let Err(error) = remove_one(root, path, timeout_ms, kill) {
            errno = errno.or(error.errno);
            stayed.push(full_path(root, path, "")?);
        }
    }
    match errno {
        None if stayed.is_empty() => Ok(()),
        None => Err(Error::text(format!("cannot remove {}", stayed.join(", ")))),
        Some(errno) => Err(Error::call("rmdir", errno, stayed.join(", "))),
    }
}

pub(super) fn remove_one(root: &str, path: &str, timeout_ms: u32, kill: bool) -> Result<()> {
    if components(path)?.is_empty() {
        return Err(Error::text(format!("{root} is a hierarchy's root")));
    }
    let full = full_path(root, path, "")?;
    let deadline = Deadline::after(timeout_ms.max(1));
    let mut pause = Duration::from_millis(1);
    loop {
        let errno = match rmdir(&full) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            Err(errno) => errno,
        };
        // Busy: something below it, a process in it, or one that has not quite exited.
        if errno != Errno::BUSY || deadline.is_over() {
            return Err(Error::call("rmdir", errno, full));
        }
        if kill {
            kill::kill(root, path, 9)?;
        }
        for below in tree(root, path)?.iter().skip(1).rev() {
            let _busy = rmdir(full_path(root, below, "")?);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}
