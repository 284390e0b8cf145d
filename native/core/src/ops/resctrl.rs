//! Intel RDT: groups of the resctrl file system.

use rustix::fs::{Mode, OFlags, mkdir};
use rustix::io::Errno;

use crate::beneath::{components, open_straight};
use crate::cgroup::full_path;
use crate::error::{Call, Error, Result};
use crate::io::{read_to_end, write_all};
use crate::ops::schemata::difference;

/// Schemata have a line for each resource.
const MAX_FILE: usize = 64 * 1024;

/// Makes a group, or uses one that is there if it may be shared and says what is wanted. True when it was made.
pub fn make(root: &str, path: &str, shared: bool, schemata: &str) -> Result<bool> {
    if !components(path)?.is_empty() {
        let group = full_path(root, path, "")?;
        match mkdir(&group, Mode::from_raw_mode(0o755)) {
            Ok(()) => return Ok(true),
            Err(Errno::EXIST) if shared => {}
            Err(errno) => return Err(Error::call("mkdir", errno, group)),
        }
    }
    compare(root, path, schemata)?;
    Ok(false)
}

/// "runtimes MUST compare `l3CacheSchema` and/or `memBwSchema` value with `schemata` file, and generate an error if doesn't match"
fn compare(root: &str, path: &str, wanted: &str) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let place = full_path(root, path, "schemata")?;
    let there = read(&place).call("openat2", &place)?;
    let steps = read(&format!("{root}/info/MB/bandwidth_gran"));
    let steps = steps.ok().and_then(|text| text.trim().parse().ok());
    match difference(&there, wanted, steps.unwrap_or(1)) {
        None => Ok(()),
        Some((has, wanted)) => Err(Error::text(format!(
            "{place} has \"{has}\", not \"{wanted}\""
        ))),
    }
}

fn read(place: &str) -> std::result::Result<String, Errno> {
    let file = open_straight(place, OFlags::RDONLY)?;
    Ok(String::from_utf8_lossy(&read_to_end(&file, MAX_FILE)?).into_owned())
}

/// Writes a file of a group; what the kernel has against it is in info/last_cmd_status.
pub fn write(root: &str, path: &str, file: &str, text: &str) -> Result<()> {
    let place = full_path(root, path, file)?;
    let opened = open_straight(&place, OFlags::WRONLY).call("openat2", &place)?;
    write_all(&opened, text.as_bytes()).map_err(|errno| {
        let said = read(&format!("{root}/info/last_cmd_status")).unwrap_or_default();
        let said = said.trim();
        let said = if said.is_empty() {
            text.trim_end()
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

#[cfg(test)]
mod tests {
    use crate::cgroup::made::Cgroups;
    use crate::ops::run;
    use rustix::io::Errno;
    use trunc_plan::host_ops::HostOp;

    #[test]
    fn groups_that_were_made_are_undone() {
        let dir = std::env::temp_dir().join(format!("trunc-resctrl-{}", std::process::id()));
        let root = dir.to_str().expect("UTF-8").to_owned();
        let make = |path: &str, shared| HostOp::MakeResctrl {
            at: String::new(),
            root: root.clone(),
            path: path.to_owned(),
            shared,
            schemata: String::new(),
        };
        std::fs::create_dir_all(format!("{root}/there")).expect("made");
        let mut cgroups = Cgroups::default();
        for (path, shared) in [
            ("/", true),
            ("/there", true),
            ("/there/a", true),
            ("/b", false),
        ] {
            run(&make(path, shared), &mut cgroups, None).expect("made or shared");
        }
        let taken = run(&make("/there", false), &mut cgroups, None);
        assert_eq!(taken.expect_err("it is there").errno, Some(Errno::EXIST));
        cgroups.undo();
        let left: Vec<_> = std::fs::read_dir(&root).expect("read").collect();
        assert_eq!(left.len(), 1);
        std::fs::remove_dir(format!("{root}/there")).expect("empty and still there");
        std::fs::remove_dir(root).expect("empty");
    }
}
