//! v2: controllers for the children of every cgroup on the way (cgroup.subtree_control).

use rustix::io::Errno;

use crate::beneath::components;
use crate::cgroup::{Failed, failed, full_path, read_file, write_file};
use crate::error::Result;

/// Enables them from the root down to the parent of `path`. What the kernel does not offer, or refuses because processes are
/// in the way, is left out: whether it was needed, the write of a limit tells.
pub fn enable(root: &str, path: &str, controllers: &[String]) -> Result<()> {
    let parts = components(path)?;
    for length in 0..parts.len() {
        let cgroup = full_path(root, &parts[..length].join("/"), "")?;
        enable_one(&cgroup, controllers).map_err(failed(&cgroup))?;
    }
    Ok(())
}

fn enable_one(cgroup: &str, controllers: &[String]) -> std::result::Result<(), Failed> {
    let file = format!("{cgroup}/cgroup.subtree_control");
    let all: Vec<String> = controllers.iter().map(|name| format!("+{name}")).collect();
    match write_file(&file, &all.join(" ")) {
        // Processes are in the way. Of some controllers the kernel would make threaded cgroups all the same, in which no
        // container can be (Documentation/admin-guide/cgroup-v2.rst, "Threads").
        Err(("write", Errno::BUSY)) => return Ok(()),
        Err(("write", _)) => {}
        // Above the part of the tree that was delegated to this user.
        Err((_, Errno::ACCESS | Errno::PERM | Errno::ROFS)) => return Ok(()),
        result => return result,
    }
    let offered = read_file(&format!("{cgroup}/cgroup.controllers"))?;
    for name in controllers
        .iter()
        .filter(|name| offered.split_whitespace().any(|known| known == *name))
    {
        let _left_out = write_file(&file, &format!("+{name}"));
    }
    Ok(())
}
