//! Intel RDT: groups of the resctrl file system.

use rustix::fs::{Mode, OFlags, mkdir};
use rustix::io::Errno;

use crate::beneath::{components, open_straight};
use crate::cgroup::full_path;
use crate::error::{Call, Error, Result};
use crate::io::{read_to_end, write_all};

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

/// The first line that is wanted and not there, after what is there instead. The kernel pads lines and values with blanks and
/// zeros, lists all caches, and rounds bandwidth up to its `steps`.
fn difference<'a>(there: &'a str, wanted: &'a str, steps: u64) -> Option<(&'a str, &'a str)> {
    wanted.lines().find_map(|line| {
        let (resource, cells) = line.split_once(':').unwrap_or((line, ""));
        let (has, all) = there
            .lines()
            .map(str::trim)
            .find_map(|have| Some((have, have.strip_prefix(resource)?.strip_prefix(':')?)))
            .unwrap_or_default();
        let matches = |cell: &str| {
            all.split(';').any(|one| match one.split_once('=') {
                Some((id, value)) => cell.split_once('=').is_some_and(|(cache, want)| {
                    cache.trim() == id.trim() && is_same(resource, value.trim(), want.trim(), steps)
                }),
                None => false,
            })
        };
        let is_there = !cells.is_empty() && cells.split(';').all(matches);
        (!is_there).then_some((has, line))
    })
}

fn is_same(resource: &str, has: &str, want: &str, steps: u64) -> bool {
    let bare = |text: &str| text.trim_start_matches('0').to_ascii_lowercase();
    if bare(has) == bare(want) {
        return true;
    }
    let rounded = || {
        let count = want.parse::<u64>().ok()?.div_ceil(steps.max(1));
        count.checked_mul(steps)
    };
    resource == "MB" && rounded().is_some_and(|value| has.parse() == Ok(value))
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
    use super::difference;
    use crate::cgroup::made::Cgroups;
    use crate::ops::run;
    use rustix::io::Errno;
    use trunc_plan::host_ops::HostOp;

    const THERE: &str = "    MB:0= 30;1=100\n    L3:0=00f;1=7ff\nL3CODE:0=1\n";

    #[test]
    fn difference_takes_values_for_texts() {
        for same in [
            "L3:0=f",
            "L3:0=0F;1=7ff",
            "L3:1=7ff;0=f",
            "MB:1=100",
            "MB:1=95",
            "MB:0=30;1=91",
            "L3CODE:0=1\nL3:0=f",
        ] {
            assert_eq!(difference(THERE, same, 10), None, "{same}");
        }
    }

    #[test]
    fn difference_finds_what_is_not_there() {
        for (wanted, has) in [
            ("L3:0=ff", "L3:0=00f;1=7ff"),
            ("L3:2=f", "L3:0=00f;1=7ff"),
            ("L3:", "L3:0=00f;1=7ff"),
            ("L2:0=f", ""),
            ("L", ""),
            ("MB:1=85", "MB:0= 30;1=100"),
        ] {
            assert_eq!(difference(THERE, wanted, 10), Some((has, wanted)));
        }
        assert_eq!(
            difference(THERE, "L3:0=f\nMB:1=99", 1),
            Some(("MB:0= 30;1=100", "MB:1=99"))
        );
    }

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
