//! What the host offers: read once, before a plan is made.

use rustix::fd::OwnedFd;
use rustix::fs::statfs;
use rustix::io::Errno;
use rustix::process::{getegid, geteuid};
use rustix::system::uname;
use rustix::thread::capabilities;

use crate::error::{Call, Error, Result};
use crate::io::{read_piece, read_to_end};

const MOUNT_POINT: &str = "/sys/fs/cgroup";
const CGROUP2_SUPER_MAGIC: i64 = 0x6367_7270;
const MAX_FILE: usize = 4 * 1024 * 1024;

/// What the host offers.
#[derive(Clone, Debug)]
pub struct Facts {
    pub euid: u32,
    pub egid: u32,
    /// What is permitted to this process, one bit a capability.
    pub capabilities: u64,
    pub cgroup: CgroupFacts,
    /// AppArmor is on.
    pub apparmor: bool,
    /// SELinux is on.
    pub selinux: bool,
    /// What this program is built for, by the name the seccomp compiler has for it: `x86_64`. uname(2) may say otherwise (setarch(8)).
    pub arch: String,
    /// As uname(2) says, `6.18.0`.
    pub kernel: String,
}

/// How cgroups are set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CgroupFacts {
    /// `v1`, `hybrid`, `v2` or `none`.
    pub mode: &'static str,
    /// v1 hierarchies.
    pub hierarchies: Vec<Hierarchy>,
    /// The v2 hierarchy.
    pub unified: Option<Unified>,
}

/// A v1 hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    /// Its controllers, and `name=NAME` for a named one.
    pub controllers: Vec<String>,
    /// Its mount point.
    pub root: String,
    /// This process's cgroup, beneath the mount point.
    pub own: String,
}

/// The v2 hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unified {
    /// Its mount point.
    pub root: String,
    /// This process's cgroup, beneath the mount point.
    pub own: String,
    /// The controllers of its root.
    pub controllers: Vec<String>,
}

/// Reads them.
///
/// # Errors
/// What reading /proc says.
pub fn read() -> Result<Facts> {
    let system = uname();
    Ok(Facts {
        euid: geteuid().as_raw(),
        egid: getegid().as_raw(),
        capabilities: capabilities(None).call("capget", "")?.permitted.bits(),
        cgroup: cgroup()?,
        apparmor: file("/sys/module/apparmor/parameters/enabled")
            .is_ok_and(|text| text.starts_with('Y')),
        selinux: rustix::fs::access("/sys/fs/selinux/enforce", rustix::fs::Access::EXISTS).is_ok(),
        arch: trunc_seccomp::NATIVE_ABI.to_owned(),
        kernel: system.release().to_string_lossy().into_owned(),
    })
}

fn file(path: &str) -> Result<String> {
    read_by(path, read_piece)
}

fn read_by(
    path: &str,
    read: impl Fn(OwnedFd, usize) -> std::result::Result<Vec<u8>, Errno>,
) -> Result<String> {
    use rustix::fs::{Mode, OFlags, open};
    let file = open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).call("open", path)?;
    let bytes = read(file, MAX_FILE).call("read", path)?;
    String::from_utf8(bytes).map_err(|_| Error::text(format!("{path} is not UTF-8")))
}

fn cgroup() -> Result<CgroupFacts> {
    let own = file("/proc/self/cgroup")?;
    let is_v2 = statfs(MOUNT_POINT).is_ok_and(|found| found.f_type == CGROUP2_SUPER_MAGIC);
    // Pure v2, usual place, no mount of a part of the hierarchy: the list of mounts, which is long on busy hosts, can wait.
    if is_v2 {
        return Ok(unified_only(&own));
    }
    Ok(from_mounts(
        &own,
        &read_by("/proc/self/mountinfo", read_to_end)?,
        |root| file(&format!("{root}/cgroup.controllers")).unwrap_or_default(),
    ))
}

fn unified_only(own: &str) -> CgroupFacts {
    let controllers = file(&format!("{MOUNT_POINT}/cgroup.controllers")).unwrap_or_default();
    let own = own
        .lines()
        .find_map(|line| line.strip_prefix("0::"))
        .unwrap_or("/");
    let unified = Unified {
        root: MOUNT_POINT.to_owned(),
        own: own.to_owned(),
        controllers: words(&controllers),
    };
    CgroupFacts {
        mode: "v2",
        hierarchies: Vec::new(),
        unified: Some(unified),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// One mount of a cgroup file system.
struct Mount {
    part: String,
    root: String,
    fstype: String,
    options: Vec<String>,
}

/// `36 35 98:0 /part /mount/point options optional... - type source super-options` (proc_pid_mountinfo(5)).
fn parse_mount(line: &str) -> Option<Mount> {
    let (before, after) = line.split_once(" - ")?;
    let mut before = before.split(' ').skip(3);
    let (part, root) = (unescape(before.next()?), unescape(before.next()?));
    let mut after = after.split(' ');
    let fstype = after.next()?.to_owned();
    let options = after.nth(1)?.split(',').map(str::to_owned).collect();
    Some(Mount {
        part,
        root,
        fstype,
        options,
    })
}

/// Blanks, tabs, newlines and backslashes are written as octal numbers.
fn unescape(text: &str) -> String {
    text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\")
}

fn from_mounts(own: &str, mounts: &str, controllers_of: impl Fn(&str) -> String) -> CgroupFacts {
    let mounts: Vec<Mount> = mounts
        .lines()
        .filter_map(parse_mount)
        .filter(|mount| mount.fstype.starts_with("cgroup"))
        .collect();
    let mut hierarchies = Vec::new();
    let mut unified = None;
    for line in own.lines() {
        // "5:cpu,cpuacct:/path"
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        if controllers.is_empty() {
            unified = mounts
                .iter()
                .find(|mount| mount.fstype == "cgroup2")
                .map(|mount| Unified {
                    root: mount.root.clone(),
                    own: beneath(&mount.part, path),
                    controllers: words(&controllers_of(&mount.root)),
                });
            continue;
        }
        let controllers: Vec<String> = controllers.split(',').map(str::to_owned).collect();
        let mount = mounts.iter().find(|mount| {
            mount.fstype == "cgroup" && controllers.iter().all(|name| mount.options.contains(name))
        });
        if let Some(mount) = mount {
            hierarchies.push(Hierarchy {
                controllers,
                root: mount.root.clone(),
                own: beneath(&mount.part, path),
            });
        }
    }
    let mode = match (hierarchies.is_empty(), &unified) {
        (true, None) => "none",
        (true, Some(_)) => "v2",
        (false, None) => "v1",
        (false, Some(_)) => "hybrid",
    };
    CgroupFacts {
        mode,
        hierarchies,
        unified,
    }
}

/// The path beneath a mount that shows only `part` of the hierarchy, as in a container.
fn beneath(part: &str, path: &str) -> String {
    let inside = path
        .strip_prefix(part.trim_end_matches('/'))
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match inside {
        Some("") | None => "/".to_owned(),
        Some(rest) => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{beneath, from_mounts, read};

    const MOUNTS: &str = "\
30 23 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n\
31 30 0:27 /docker/1 /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
32 30 0:28 / /sys/fs/cgroup/a\\040b rw shared:1 - cgroup none rw,xattr,name=systemd\n\
33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 none rw\n";

    #[test]
    fn hierarchies_have_their_mounts() {
        let facts = from_mounts(
            "5:cpu,cpuacct:/docker/1/x\n1:name=systemd:/y\n2:memory:/\n0::/z\n",
            MOUNTS,
            |_| "hugetlb io\n".to_owned(),
        );
        assert_eq!(facts.mode, "hybrid");
        assert_eq!(facts.hierarchies[0].controllers, ["cpu", "cpuacct"]);
        assert_eq!(facts.hierarchies[0].own, "/x");
        assert_eq!(facts.hierarchies[1].root, "/sys/fs/cgroup/a b");
        assert_eq!(facts.hierarchies.len(), 2);
        let unified = facts.unified.expect("there");
        assert_eq!(
            (&*unified.root, &*unified.own),
            ("/sys/fs/cgroup/unified", "/z")
        );
        assert_eq!(unified.controllers, ["hugetlb", "io"]);
    }

    #[test]
    fn beneath_a_part() {
        assert_eq!(beneath("/", "/a"), "/a");
        assert_eq!(beneath("/a", "/a/b"), "/b");
        assert_eq!(beneath("/a", "/a"), "/");
        assert_eq!(beneath("/a", "/ab"), "/");
    }

    #[test]
    fn this_host_can_be_read() {
        let facts = read().expect("readable");
        assert!(!facts.kernel.is_empty());
        assert!(["v1", "hybrid", "v2", "none"].contains(&facts.cgroup.mode));
    }
}
