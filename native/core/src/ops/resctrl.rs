//! Intel RDT: groups of the resctrl file system.

use rustix::fs::{Mode, OFlags, mkdir};
use rustix::io::Errno;

use crate::beneath::{components, open_straight};
use crate::cgroup::full_path;
use crate::error::{Call, Error, Result};
use crate::io::{read_to_end, write_all};

/// Makes a group; one that is there is kept.
pub fn make(root: &str, path: &str) -> Result<()> {
    if components(path)?.is_empty() {
        return Ok(());
    }
    let group = full_path(root, path, "")?;
    match mkdir(&group, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(errno) => Err(Error::call("mkdir", errno, group)),
    }
}

/// Writes a file of a group; what the kernel has against it is in info/last_cmd_status.
pub fn write(root: &str, path: &str, file: &str, text: &str) -> Result<()> {
    let place = full_path(root, path, file)?;
    let opened = open_straight(&place, OFlags::WRONLY).call("openat2", &place)?;
    write_all(&opened, text.as_bytes()).map_err(|errno| {
        let said = open_straight(&format!("{root}/info/last_cmd_status"), OFlags::RDONLY)
            .and_then(|file| read_to_end(&file, 4096));
        let said = String::from_utf8_lossy(&said.unwrap_or_default())
            .trim()
            .to_owned();
        let said = if said.is_empty() {
            text.trim_end().to_owned()
        } else {
            said
        };
        Error::call("write", errno, format!("{place} ({said})"))
    })
}

/// Moves a process into a group.
pub fn join(root: &str, path: &str, pid: u32) -> Result<()> {
    write(root, path, "tasks", &pid.to_string())
}
