//! Directories and paths of the host.

use rustix::fs::{Access, Dir, Mode, OFlags, access, mkdir, open};
use rustix::io::Errno;

use crate::error::{Call, Error, Result};

/// mkdir(2).
///
/// # Errors
/// What mkdir(2) says, `EEXIST` too.
pub fn make(path: &str, mode: u32) -> Result<()> {
    mkdir(path, Mode::from_raw_mode(mode)).call("mkdir", path)
}

/// Makes a directory and its missing parents.
///
/// # Errors
/// What mkdir(2) says, but for directories that are there.
pub fn make_all(path: &str, mode: u32) -> Result<()> {
    match mkdir(path, Mode::from_raw_mode(mode)) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(Errno::NOENT) => {
            let parent = path
                .trim_end_matches('/')
                .rsplit_once('/')
                .map_or("", |(parent, _)| parent);
            if parent.is_empty() {
                return Err(Error::call("mkdir", Errno::NOENT, path));
            }
            make_all(parent, mode)?;
            match mkdir(path, Mode::from_raw_mode(mode)) {
                Ok(()) | Err(Errno::EXIST) => Ok(()),
                Err(errno) => Err(Error::call("mkdir", errno, path)),
            }
        }
        Err(errno) => Err(Error::call("mkdir", errno, path)),
    }
}

/// The names in a directory, sorted.
///
/// # Errors
/// What open(2) and getdents64(2) say.
pub fn list(path: &str) -> Result<Vec<String>> {
    let dir = open(
        path,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .call("open", path)?;
    let mut names = Vec::new();
    for entry in Dir::new(dir).call("open", path)? {
        let entry = entry.call("getdents64", path)?;
        let name = entry.file_name().to_string_lossy();
        if name != "." && name != ".." {
            names.push(name.into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Whether a path leads somewhere.
///
/// # Errors
/// What access(2) says, but for paths that lead nowhere.
pub fn exists(path: &str) -> Result<bool> {
    match access(path, Access::EXISTS) {
        Ok(()) => Ok(true),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
        Err(errno) => Err(Error::call("access", errno, path)),
    }
}

/// The absolute path without symbolic links.
///
/// # Errors
/// What lookups say; when the path is not UTF-8.
pub fn real_path(path: &str) -> Result<String> {
    let found = std::fs::canonicalize(path).map_err(|error| {
        let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
        Error::call("realpath", errno, path)
    })?;
    found
        .into_os_string()
        .into_string()
        .map_err(|_| Error::text(format!("the real path of {path} is not UTF-8")))
}
