//! v1 cpuset: nothing may enter a cgroup whose cpus or mems are empty (ENOSPC), and a new one has none.

use super::{Failed, read_file, write_file};

const FILES: [&str; 2] = ["cpuset.cpus", "cpuset.mems"];

/// Gives a cgroup, and those above it that have none either, the nearest ancestor's cpus and mems.
pub fn seed(root: &str, parts: &[&str], is_new: bool) -> Result<(), Failed> {
    FILES
        .iter()
        .try_for_each(|file| seed_file(root, parts, file, is_new).map(|_| ()))
}

/// Returns what the cgroup has afterwards.
fn seed_file(root: &str, parts: &[&str], file: &str, is_new: bool) -> Result<String, Failed> {
    let path = format!("{root}/{}/{file}", parts.join("/"));
    if !is_new {
        let own = read_file(&path)?;
        if !own.trim().is_empty() {
            return Ok(own);
        }
    }
    let Some((_, above)) = parts.split_last() else {
        return Ok(String::new());
    };
    let inherited = seed_file(root, above, file, false)?;
    write_file(&path, inherited.trim())?;
    Ok(inherited)
}
