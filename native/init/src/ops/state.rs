//! The container as far as it is made.

use crate::control::Control;
use crate::failure::{During, Failure};
use crate::paths::Kind;
use crate::text::PathBuffer;
use crate::tree::Tree;
use core::ffi::CStr;
use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::io::Errno;

/// What the operations leave for later ones.
pub struct Init {
    /// To the host side.
    pub control: Control,
    /// The root file system; before the pivot somewhere in the tree, afterwards `/`.
    pub tree: Option<Tree>,
    /// The host's mounts are shared with this namespace: what is done to them here is done there.
    pub shares_mounts: bool,
    /// setgroups(2) is not for this user namespace.
    pub groups_denied: bool,
    /// A procfs that is mounted nowhere.
    pub procfs: Option<OwnedFd>,
    /// What hides directories: an empty read-only tmpfs, once it is mounted over the first one.
    pub mask: Option<OwnedFd>,
    /// What hides files: the container's /dev/null, checked.
    pub null: Option<OwnedFd>,
    /// The working directory is entered already.
    pub in_directory: bool,
    /// The program that was found.
    pub program: PathBuffer,
    /// `HOME=…`, empty where the environment has it already.
    pub home: PathBuffer,
}

impl Init {
    /// Nothing done yet.
    pub const fn new(control: Control) -> Self {
        Self {
            control,
            tree: None,
            shares_mounts: false,
            groups_denied: false,
            procfs: None,
            mask: None,
            null: None,
            in_directory: false,
            program: PathBuffer::new(),
            home: PathBuffer::new(),
        }
    }

    /// The root file system.
    pub fn tree(&mut self) -> Result<&mut Tree, Failure> {
        self.tree.as_mut().ok_or(Errno::BADF).during("root")
    }

    /// Opens a mount target, made where it is missing: [`Tree::open_or_make`].
    pub fn target(&mut self, path: &CStr, kind: Kind) -> Result<(OwnedFd, bool), Failure> {
        let control = &self.control;
        let tree = self.tree.as_mut().ok_or(Errno::BADF).during("root")?;
        tree.open_or_make(path, kind, || control.is_wanted())
    }

    /// The root of the root file system.
    pub fn root(&self) -> Result<BorrowedFd<'_>, Failure> {
        self.tree
            .as_ref()
            .map(Tree::root)
            .ok_or(Errno::BADF)
            .during("root")
    }
}
