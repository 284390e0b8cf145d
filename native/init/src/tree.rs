//! The root file system as the operations use it: opened once, targets made where they are missing.

use crate::failure::{During, Failure, failed};
use crate::paths::{Kind, MODE, call_of, make, make_parents, open, open_made};
use crate::text::PathBuffer;
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{OFlags, mkdirat};
use rustix::io::Errno;

/// The root file system, and the directory that the last missing path was made in: images and plans make many in one.
pub struct Tree {
    root: OwnedFd,
    parent: Option<OwnedFd>,
    /// Its path.
    directory: PathBuffer,
    /// It is the root file system that was asked for, not the bare directory that it was mounted on.
    is_sure: bool,
}

impl Tree {
    /// The file system beneath `root`.
    pub const fn new(root: OwnedFd) -> Self {
        Self {
            root,
            parent: None,
            directory: PathBuffer::new(),
            is_sure: false,
        }
    }

    /// The root.
    pub fn root(&self) -> BorrowedFd<'_> {
        self.root.as_fd()
    }

    /// Opens a path, following links inside the root.
    pub fn open(&self, path: &CStr, flags: OFlags) -> Result<OwnedFd, Errno> {
        open(self.root.as_fd(), path, flags)
    }

    /// Opens a mount target (`O_PATH`); makes it, and what is missing on the way to it, when it is not there. The flag says
    /// whether it was made.
    ///
    /// Where nothing is found at all, `is_wanted` is asked first: an engine whose runtime was killed unmounts the root file
    /// system, here as well, and what is then made would stay in its directory.
    pub fn open_or_make(
        &mut self,
        path: &CStr,
        kind: Kind,
        is_wanted: impl FnOnce() -> bool,
    ) -> Result<(OwnedFd, bool), Failure> {
        if kind == Kind::Directory
            && let Some((parent, name)) = self.known_parent(path)
            && mkdirat(parent, name, MODE).is_ok()
        {
            return open_made(parent, name).map(|made| (made, true));
        }
        match self.open(path, OFlags::PATH) {
            Err(Errno::NOENT) if self.is_sure || is_wanted() => self.is_sure = true,
            Err(Errno::NOENT) => return failed("wait", Errno::PIPE),
            other => {
                self.is_sure = true;
                return other.during("openat2").map(|found| (found, false));
            }
        }
        let (parent, name) = self.parent_of(path)?;
        match make(parent, name, kind) {
            Ok(()) => open_made(parent, name).map(|made| (made, true)),
            // A dangling link, or somebody else was faster.
            Err(Errno::EXIST) => self.make_behind_links(path, kind).map(|made| (made, true)),
            Err(errno) => failed(call_of(kind), errno),
        }
    }

    /// The directory that a path lies in, made when it is missing, and the last component: what the caller does next follows
    /// nothing of that name.
    pub fn parent_of<'a>(&mut self, path: &'a CStr) -> Result<(BorrowedFd<'_>, &'a CStr), Failure> {
        let Some((directory, name)) = split_last(path) else {
            return failed("openat2", Errno::INVAL);
        };
        if !self.is_known(directory) {
            self.parent = None;
            self.directory.clear();
            let fits = self.directory.push(if directory.is_empty() {
                b"/"
            } else {
                directory
            });
            if !fits {
                return failed("openat2", Errno::NAMETOOLONG);
            }
            let directory = self.directory.as_c_str();
            let parent = match self.open(directory, OFlags::PATH | OFlags::DIRECTORY) {
                Err(Errno::NOENT) => self.make_behind_links(directory, Kind::Directory)?,
                other => other.during("openat2")?,
            };
            self.parent = Some(parent);
        }
        let parent = self.parent.as_ref().ok_or(Errno::BADF).during("openat2")?;
        Ok((parent.as_fd(), name))
    }

    /// Something was mounted. On a path that was made just now nothing known lies beneath; else the known directory may be
    /// covered.
    pub fn mounted(&mut self, on_new: bool) {
        if !on_new {
            self.parent = None;
        }
    }

    fn is_known(&self, directory: &[u8]) -> bool {
        self.parent.is_some() && self.directory.as_bytes() == directory
    }

    fn known_parent<'a>(&self, path: &'a CStr) -> Option<(BorrowedFd<'_>, &'a CStr)> {
        let (directory, name) = split_last(path)?;
        let parent = self.parent.as_ref()?;
        self.is_known(directory).then_some((parent.as_fd(), name))
    }

    /// The slow way: several components are missing, or one is a link to something missing.
    fn make_behind_links(&self, path: &CStr, kind: Kind) -> Result<OwnedFd, Failure> {
        let (parent, name) = make_parents(self.root.as_fd(), path)?;
        match make(parent.as_fd(), name.as_c_str(), kind) {
            Ok(()) | Err(Errno::EXIST) => open_made(parent.as_fd(), name.as_c_str()),
            Err(errno) => failed(call_of(kind), errno),
        }
    }
}

/// The directory and the last component of a path; `None` for a path that ends in a slash, `.` or `..`.
fn split_last(path: &CStr) -> Option<(&[u8], &CStr)> {
    let bytes = path.to_bytes_with_nul();
    let at = bytes
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |at| at + 1);
    let name = CStr::from_bytes_with_nul(&bytes[at..]).ok()?;
    if name.is_empty() || name == c"." || name == c".." {
        return None;
    }
    Some((&bytes[..at.saturating_sub(1)], name))
}
