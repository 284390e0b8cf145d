//! Cgroups: a hierarchy's mount point and a path beneath it, never left by `..` or a link.

mod cpuset;
pub mod freezer;
pub mod kill;
pub mod made;
pub mod remove;
pub mod watch;

use rustix::fd::OwnedFd;
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::beneath::{components, open_straight};
use crate::error::{Call, Error, Result};
use crate::io::{read_to_end, write_all};

/// Files of cgroups are short; lists of processes may be long.
const MAX_FILE: usize = 16 * 1024 * 1024;

/// The path of a cgroup, or of `file` in it: the mount point and what is beneath it, without a way up.
pub(crate) fn full_path(root: &str, path: &str, file: &str) -> Result<String> {
    let mut full = root.trim_end_matches('/').to_owned();
    for part in components(path)? {
        full.push('/');
        full.push_str(part);
    }
    if file.contains('/') || file == ".." {
        return Err(Error::text(format!("{file} is no name of a cgroup file")));
    }
    if !file.is_empty() {
        full.push('/');
        full.push_str(file);
    }
    Ok(full)
}

/// A failed call, as the functions below tell it: the callers know the place.
pub(crate) type Failed = (&'static str, Errno);

/// Writes a file of a cgroup in one write(2): the kernel takes each write as a whole.
pub(crate) fn write_file(path: &str, text: &str) -> std::result::Result<(), Failed> {
    let file = open_straight(path, OFlags::WRONLY).map_err(|errno| ("openat2", errno))?;
    write_all(&file, text.as_bytes()).map_err(|errno| ("write", errno))
}

/// Reads a file of a cgroup.
pub(crate) fn read_file(path: &str) -> std::result::Result<String, Failed> {
    let file = open_straight(path, OFlags::RDONLY).map_err(|errno| ("openat2", errno))?;
    let bytes = read_to_end(&file, MAX_FILE).map_err(|errno| ("read", errno))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

pub(crate) fn failed(path: &str) -> impl Fn(Failed) -> Error {
    move |(call, errno)| Error::call(call, errno, path)
}

/// Reads a file of a cgroup; `None` when there is no such cgroup or file.
///
/// # Errors
/// What open(2) and read(2) say.
pub fn read(root: &str, path: &str, file: &str) -> Result<Option<String>> {
    let full = full_path(root, path, file)?;
    match read_file(&full) {
        Ok(text) => Ok(Some(text)),
        Err((_, Errno::NOENT | Errno::NODEV)) => Ok(None),
        Err(error) => Err(failed(&full)(error)),
    }
}

/// Reads a file of a cgroup for what it may tell: `None` also when the kernel has nothing to say in it
/// (statistics that are switched off).
///
/// # Errors
/// What open(2) and read(2) say.
pub fn read_if_any(root: &str, path: &str, file: &str) -> Result<Option<String>> {
    match read(root, path, file) {
        Err(error) if error.errno == Some(Errno::OPNOTSUPP) => Ok(None),
        text => text,
    }
}

/// Writes a file of a cgroup.
///
/// # Errors
/// What open(2) and write(2) say.
pub fn write(root: &str, path: &str, file: &str, text: &str) -> Result<()> {
    let full = full_path(root, path, file)?;
    write_file(&full, text).map_err(failed(&full))
}

/// The processes in a cgroup and below it; none when there is no such cgroup.
///
/// # Errors
/// What reading says.
pub fn processes(root: &str, path: &str) -> Result<Vec<u32>> {
    let mut pids = Vec::new();
    for cgroup in tree(root, path)? {
        pids.extend(own_processes(root, &cgroup)?);
    }
    pids.sort_unstable();
    pids.dedup();
    Ok(pids)
}

fn own_processes(root: &str, path: &str) -> Result<Vec<u32>> {
    let text = match read(root, path, "cgroup.procs") {
        // A threaded v2 cgroup does not list processes; its domain, above, does.
        Err(error) if error.errno == Some(Errno::OPNOTSUPP) => None,
        text => text?,
    };
    Ok(text
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.parse().ok())
        .collect())
}

/// The cgroup and those below it, parents first; none when it is not there.
pub(crate) fn tree(root: &str, path: &str) -> Result<Vec<String>> {
    let mut found = vec![];
    let mut next = vec![format!("/{}", components(path)?.join("/"))];
    while let Some(path) = next.pop() {
        let full = full_path(root, &path, "")?;
        let cgroup = match open_straight(&full, OFlags::RDONLY | OFlags::DIRECTORY) {
            Err(Errno::NOENT) => continue,
            cgroup => cgroup.call("openat2", &full)?,
        };
        for entry in rustix::fs::Dir::new(cgroup).call("openat2", &full)? {
            // The cgroup was removed meanwhile.
            let Ok(entry) = entry else { break };
            let name = entry.file_name().to_string_lossy();
            if entry.file_type() == rustix::fs::FileType::Directory && name != "." && name != ".." {
                next.push(format!("{}/{name}", path.trim_end_matches('/')));
            }
        }
        found.push(path);
    }
    Ok(found)
}

/// Opens a cgroup as clone3(2) and bpf(2) want it.
///
/// # Errors
/// What open(2) says.
pub fn open_dir(path: &str) -> Result<OwnedFd> {
    components(path)?;
    open_straight(path, OFlags::RDONLY | OFlags::DIRECTORY).call("openat2", path)
}

#[cfg(test)]
mod tests {
    use super::{full_path, read};

    #[test]
    fn paths_stay_beneath() {
        assert_eq!(
            full_path("/sys/fs/cgroup/", "/a//b/", "pids.max")
                .ok()
                .as_deref(),
            Some("/sys/fs/cgroup/a/b/pids.max")
        );
        assert_eq!(full_path("/r", "/", "").ok().as_deref(), Some("/r"));
        assert!(full_path("/r", "/a/../../b", "pids.max").is_err());
        assert!(full_path("/r", "/a", "../pids.max").is_err());
    }

    #[test]
    fn missing_files_are_none() {
        assert_eq!(
            read("/proc", "/no-such-thing", "cgroup.procs").ok(),
            Some(None)
        );
    }
}
