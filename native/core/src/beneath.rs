//! Opens paths that must lead where they say: no symbolic links; beneath a directory also no way out, no other file system.

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, open, openat2};
use rustix::io::Errno;

use crate::error::{Call, Error, Result};

/// openat2(2) beneath `dir`. The kernel answers EAGAIN when somebody renames or mounts meanwhile.
///
/// # Errors
/// `ELOOP` for a symbolic link, `EXDEV` for a way out or another file system, and what open(2) says.
pub fn open_beneath(
    dir: impl AsFd,
    path: &str,
    flags: OFlags,
) -> std::result::Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    let dir = dir.as_fd();
    for _ in 0..128 {
        match openat2(dir, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            result => return result,
        }
    }
    Err(Errno::AGAIN)
}

/// openat2(2) of an absolute path without symbolic links in it.
///
/// # Errors
/// `ELOOP` for a symbolic link, and what open(2) says.
pub fn open_straight(path: &str, flags: OFlags) -> std::result::Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    rustix::io::retry_on_intr(|| {
        openat2(CWD, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve)
    })
}

/// Opens a directory of the host for lookups.
///
/// # Errors
/// What open(2) says.
pub fn open_dir(path: &str) -> Result<OwnedFd> {
    open(
        path,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .call("open", path)
}

/// The components of a path beneath something, without the leading slash.
///
/// # Errors
/// When a component is `..`: such a path could mean another place than it says.
pub fn components(path: &str) -> Result<Vec<&str>> {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if parts.contains(&"..") {
        return Err(Error::text(format!(
            "the path {path} has a component \"..\""
        )));
    }
    Ok(parts)
}

/// Opens the directory that holds `path`; returns it with the last component.
///
/// # Errors
/// What open(2) says; when the path has no last component.
pub fn open_parent(path: &str) -> Result<(OwnedFd, &str)> {
    let trimmed = path.trim_end_matches('/');
    let (parent, name) = match trimmed.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((parent, name)) => (parent, name),
        None => (".", trimmed),
    };
    if name.is_empty() || name == "." || name == ".." {
        return Err(Error::text(format!("the path {path} names no file")));
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = rustix::fs::openat(CWD, parent, flags, Mode::empty()).call("open", parent)?;
    Ok((dir, name))
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn components_refuses_the_way_up() {
        assert_eq!(components("/a//b/./c").ok(), Some(vec!["a", "b", "c"]));
        assert_eq!(components("/").ok(), Some(vec![]));
        assert!(components("/a/../b").is_err());
        assert!(components("/a/..b").is_ok());
    }
}
