//! A detached copy of a tree of the host, for a container that can't reach its source.

use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::CWD;
use rustix::mount::{OpenTreeFlags, open_tree};
use trunc_sys::mount::{MountAttr, mount_setattr};

use crate::error::{Call, Result};

const MS_PRIVATE: u64 = 1 << 18;
const MS_SLAVE: u64 = 1 << 19;
const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;

/// Opens the tree at `source`, with the id map of a user namespace.
pub fn open(
    source: &str,
    recursive: bool,
    map: Option<&OwnedFd>,
    recursive_map: bool,
) -> Result<OwnedFd> {
    let below = if recursive {
        OpenTreeFlags::AT_RECURSIVE
    } else {
        OpenTreeFlags::empty()
    };
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | below;
    let tree = open_tree(CWD, source, flags).call("open_tree", source)?;

    // A copy of a shared mount is in the host's peer group: what the container mounts on it would appear on the host.
    for propagation in [MS_SLAVE, MS_PRIVATE] {
        let attr = MountAttr {
            propagation,
            ..MountAttr::default()
        };
        mount_setattr(tree.as_fd(), recursive, attr).call("mount_setattr", source)?;
    }
    if let Some(map) = map {
        let userns_fd = map.as_raw_fd().unsigned_abs().into();
        let attr = MountAttr {
            set: MOUNT_ATTR_IDMAP,
            userns_fd,
            ..MountAttr::default()
        };
        mount_setattr(tree.as_fd(), recursive_map, attr)
            .call("mount_setattr", format!("{source} (id map)"))?;
    }
    Ok(tree)
}
