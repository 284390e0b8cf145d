//! Removes a directory and what is in it: never through a symbolic link, never on another file system.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, RawDir, SeekFrom, fstat, openat, seek, unlinkat,
};
use rustix::io::Errno;
use std::mem::MaybeUninit;

use crate::error::{Call, Error, Result};

/// How deep a tree may be: each level keeps a descriptor open.
const MAX_DEPTH: usize = 64;
/// How often a directory is emptied that others make files in.
const MAX_ROUNDS: usize = 16;

/// Removes a file or a tree; one that is not there is no error.
///
/// # Errors
/// What the system calls say, with the path; `EXDEV` when something is mounted in the tree.
pub fn remove_tree(path: &str) -> Result<()> {
    remove(CWD, path.trim_end_matches('/'), path, 0, None)
}

fn remove(
    parent: BorrowedFd<'_>,
    name: &str,
    path: &str,
    depth: usize,
    device: Option<u64>,
) -> Result<()> {
    if depth == MAX_DEPTH {
        return Err(Error::text(format!(
            "{path} is over {MAX_DEPTH} directories deep"
        )));
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir = match openat(parent, name, flags, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(()),
        // A symbolic link says either.
        Err(Errno::NOTDIR | Errno::LOOP) => return unlink(parent, name, path),
        dir => dir.call("openat", path)?,
    };
    let here = fstat(&dir).call("fstat", path)?.st_dev;
    if device.is_some_and(|device| device != here) {
        return Err(Error::call(
            "unlinkat",
            Errno::XDEV,
            format!("{path}: something is mounted here"),
        ));
    }
    let mut rounds = 0;
    loop {
        for (child, is_dir) in children(&dir, path)? {
            let child_path = format!("{path}/{child}");
            if is_dir {
                remove(dir.as_fd(), &child, &child_path, depth + 1, Some(here))?;
            } else {
                unlink(dir.as_fd(), &child, &child_path)?;
            }
        }
        match unlinkat(parent, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            // Another command has made its lock here meanwhile, and is about to remove the tree itself.
            Err(Errno::NOTEMPTY) if rounds < MAX_ROUNDS => rounds += 1,
            Err(errno) => return Err(Error::call("unlinkat", errno, path)),
        }
        rewind(&dir, path)?;
    }
}

/// So that the directory is listed from its start.
fn rewind(dir: &OwnedFd, path: &str) -> Result<()> {
    seek(dir, SeekFrom::Start(0)).call("lseek", path).map(drop)
}

fn unlink(parent: BorrowedFd<'_>, name: &str, path: &str) -> Result<()> {
    match unlinkat(parent, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(Error::call("unlinkat", errno, path)),
    }
}

/// Names, and whether each may be a directory.
fn children(dir: &OwnedFd, path: &str) -> Result<Vec<(String, bool)>> {
    let mut space = [MaybeUninit::uninit(); 4096];
    let mut entries = RawDir::new(dir, &mut space);
    let mut found = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = entry.call("getdents64", path)?;
        let name = entry
            .file_name()
            .to_str()
            .map_err(|_| Error::text(format!("{path} holds a name that is not UTF-8")))?;
        if name != "." && name != ".." {
            found.push((
                name.to_owned(),
                matches!(entry.file_type(), FileType::Directory | FileType::Unknown),
            ));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::remove_tree;

    #[test]
    fn symbolic_links_are_removed_not_followed() {
        let dir = std::env::temp_dir().join(format!("trunc-remove-{}", std::process::id()));
        let inside = dir.join("tree/a/b");
        std::fs::create_dir_all(&inside).expect("made");
        std::fs::create_dir(dir.join("kept")).expect("made");
        std::fs::write(dir.join("kept/file"), "x").expect("written");
        std::os::unix::fs::symlink(dir.join("kept"), inside.join("link")).expect("linked");

        let tree = dir.join("tree");
        remove_tree(tree.to_str().expect("UTF-8")).expect("removed");
        assert!(!tree.exists());
        assert!(dir.join("kept/file").exists());
        remove_tree(tree.to_str().expect("UTF-8")).expect("nothing to do");
        std::fs::remove_dir_all(&dir).expect("removed");
    }
}
