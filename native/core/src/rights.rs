//! What this process may do, asked without doing it.

use rustix::fs::{Access, CWD, access};
use rustix::io::Errno;
use rustix::mount::{OpenTreeFlags, open_tree};

/// Whether files can be made in a directory, or a file written: false too where there is no such thing.
#[must_use]
pub fn may_write(path: &str) -> bool {
    access(path, Access::WRITE_OK).is_ok()
}

/// Whether mounts of this process's mount namespace can be copied: root of a user namespace alone can't, for the mount
/// namespace that it sees is somebody else's.
#[must_use]
pub fn may_mount() -> bool {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    // Another errno is about this one mount, as that others below it must not be left out.
    !matches!(open_tree(CWD, "/", flags), Err(Errno::PERM))
}

#[cfg(test)]
mod tests {
    use super::may_write;

    #[test]
    fn what_is_missing_can_not_be_written() {
        assert!(!may_write("/no/such/directory"));
    }
}
