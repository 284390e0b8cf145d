//! v2: a cgroup for the container to govern (cgroups(7), "Cgroups delegation"). Spec: config-linux.md#cgroup-ownership

use rustix::fs::{AtFlags, Uid, chownat};
use rustix::io::Errno;

use crate::cgroup::{full_path, open_dir, read_file};
use crate::error::{Call, Result};

const DELEGATE: &str = "/sys/kernel/cgroup/delegate";
/// Before Linux 4.15 there is no such list.
const BEFORE_DELEGATE: &str = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";

/// What is listed and not there is left out: files come with controllers and options of the kernel.
pub fn give(root: &str, path: &str, uid: u32) -> Result<()> {
    let directory = full_path(root, path, "")?;
    let cgroup = open_dir(&directory)?;
    let owner = Some(Uid::from_raw(uid));
    chownat(&cgroup, "", owner, None, AtFlags::EMPTY_PATH).call("fchownat", directory.as_str())?;
    let listed = read_file(DELEGATE).unwrap_or_else(|_| BEFORE_DELEGATE.to_owned());
    for file in listed.lines().filter(|file| !file.contains('/')) {
        match chownat(&cgroup, file, owner, None, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(errno) => return Err(errno).call("fchownat", format!("{directory}/{file}")),
        }
    }
    Ok(())
}
