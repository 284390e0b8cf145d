//! Where links and paths lead, without following them out of a container.

use rustix::fd::AsRawFd;
use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fstat, openat2, readlinkat};
use rustix::io::Errno;

use crate::beneath::open_dir;
use crate::error::{Call, Result};

/// What a path of a container leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its path without links, as the kernel has it: for a file of another mount namespace, from the root of that.
    pub path: String,
    /// It is a directory.
    pub is_dir: bool,
}

/// The text of a symbolic link, or of one of /proc's magic ones; `None` when there is none.
///
/// # Errors
/// What readlink(2) says, but for a link that is not there.
pub fn read_link(path: &str) -> Result<Option<String>> {
    match readlinkat(CWD, path, Vec::new()) {
        Ok(target) => Ok(Some(target.to_string_lossy().into_owned())),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(errno) => Err(errno).call("readlinkat", path),
    }
}

/// Resolves `path` with `root` as `/`; `None` when there is nothing.
///
/// # Errors
/// What openat2(2) and stat(2) say.
pub fn resolve_in(root: &str, path: &str) -> Result<Option<Place>> {
    let dir = open_dir(root)?;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let opened = rustix::io::retry_on_intr(|| openat2(&dir, path, flags, Mode::empty(), resolve));
    let found = match opened {
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
        found => found.call("openat2", path)?,
    };
    let mode = fstat(&found).call("fstat", path)?.st_mode;
    let link = format!("/proc/self/fd/{}", found.as_raw_fd());
    Ok(read_link(&link)?.map(|path| Place {
        path,
        is_dir: FileType::from_raw_mode(mode) == FileType::Directory,
    }))
}

#[cfg(test)]
mod tests {
    use super::{Place, read_link, resolve_in};
    use std::os::unix::fs::symlink;

    #[test]
    fn links_stay_in_the_root() {
        let root = std::env::temp_dir().join(format!("trunc-links-{}", std::process::id()));
        std::fs::create_dir_all(root.join("real")).expect("made");
        symlink("/real", root.join("link")).expect("made");
        symlink("../../../../real", root.join("up")).expect("made");
        let root = root.canonicalize().expect("there");
        let root = root.to_str().expect("UTF-8");
        let real = Some(Place {
            path: format!("{root}/real"),
            is_dir: true,
        });
        assert_eq!(resolve_in(root, "/link").expect("resolved"), real);
        assert_eq!(resolve_in(root, "up").expect("resolved"), real);
        assert_eq!(resolve_in(root, "/missing/x").expect("resolved"), None);
        assert_eq!(
            read_link(&format!("{root}/link")).expect("read"),
            Some("/real".to_owned())
        );
        assert_eq!(read_link(&format!("{root}/none")).expect("read"), None);
        std::fs::remove_dir_all(root).expect("removed");
    }
}
