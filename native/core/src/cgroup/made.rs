//! Makes cgroups, writes to them, and remembers which were made: those can be undone.

use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, mkdir, rmdir};
use rustix::io::Errno;

use trunc_plan::host_ops::{BusSocket, UnitProperty};

use super::{Failed, cpuset, failed, full_path};
use crate::beneath::{components, open_straight};
use crate::error::{Error, Result};
use crate::io::write_all;
use crate::systemd;

/// How long systemd may take to stop a unit without processes.
const STOP_TIMEOUT_MS: u32 = 30_000;

/// The cgroups of one launch.
#[derive(Default)]
pub struct Cgroups {
    /// Hierarchy and path, ancestors first; groups of resctrl too.
    made: Vec<(String, String)>,
    /// The unit of systemd that was started, with its bus.
    unit: Option<(Vec<BusSocket>, String)>,
    /// The file that was written last: device rules are many writes to one file.
    last: Option<(String, OwnedFd)>,
}

impl Cgroups {
    /// Makes a cgroup and its missing ancestors; one that is there is kept.
    ///
    /// # Errors
    /// What mkdir(2) and, where cpusets are seeded, writing says.
    pub fn make(&mut self, root: &str, path: &str, seed_cpuset: bool) -> Result<()> {
        let parts = components(path)?;
        let full = full_path(root, path, "")?;
        // The usual case first: only the last component is missing. Cgroup file systems have no symbolic links, so no
        // component of the path leads elsewhere.
        match self.make_one(root, &parts, seed_cpuset) {
            Err((_, Errno::NOENT)) => {}
            result => return result.map_err(failed(&full)),
        }
        for length in 1..=parts.len() {
            self.make_one(root, &parts[..length], seed_cpuset)
                .map_err(failed(&full))?;
        }
        Ok(())
    }

    fn make_one(
        &mut self,
        root: &str,
        parts: &[&str],
        seed_cpuset: bool,
    ) -> std::result::Result<(), Failed> {
        if parts.is_empty() {
            return Ok(());
        }
        let path = parts.join("/");
        let is_new = match mkdir(format!("{root}/{path}"), Mode::from_raw_mode(0o755)) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(errno) => return Err(("mkdir", errno)),
        };
        if is_new {
            self.made.push((root.to_owned(), path));
        }
        if seed_cpuset {
            cpuset::seed(root, parts, is_new)?;
        }
        Ok(())
    }

    /// Has a group undone that somebody else made, whose mount point and path these are.
    pub fn remember(&mut self, root: &str, path: &str) {
        self.made
            .push((root.to_owned(), path.trim_start_matches('/').to_owned()));
    }

    /// Writes a file of a cgroup.
    ///
    /// # Errors
    /// What open(2) and write(2) say.
    pub fn write(&mut self, root: &str, path: &str, file: &str, text: &str) -> Result<()> {
        let full = full_path(root, path, file)?;
        let opened = match self.last.take() {
            Some((name, opened)) if name == full => opened,
            _ => open_straight(&full, OFlags::WRONLY)
                .map_err(|errno| failed(&full)(("openat2", errno)))?,
        };
        let written = write_all(&opened, text.as_bytes());
        let written = written
            .map_err(|errno| Error::call("write", errno, format!("{full} ({})", text.trim_end())));
        self.last = Some((full, opened));
        written
    }

    /// Has systemd start a unit with this process in it.
    ///
    /// # Errors
    /// What systemd says.
    pub fn start_unit(
        &mut self,
        bus: &[BusSocket],
        unit: &str,
        properties: &[UnitProperty],
        pid: u32,
        timeout_ms: u32,
    ) -> Result<()> {
        systemd::start_unit(bus, unit, properties, pid, timeout_ms)?;
        self.unit = Some((bus.to_vec(), unit.to_owned()));
        Ok(())
    }

    /// Closes what is open.
    pub fn settle(&mut self) {
        self.last = None;
    }

    /// Removes the cgroups that were made, the last first. They must be empty of processes that live.
    pub fn undo(&mut self) {
        self.settle();
        if let Some((bus, unit)) = self.unit.take() {
            // Its last process is gone, so it stops by itself, if not now; but what failed has to be forgotten.
            let _stays = systemd::stop_unit(&bus, &unit, STOP_TIMEOUT_MS);
        }
        while let Some((root, path)) = self.made.pop() {
            // A process that was just killed may still be on its way out.
            let timeout_ms = 1000;
            if rmdir(format!("{root}/{path}")) == Err(Errno::BUSY) {
                let _stays = super::remove::remove_one(&root, &path, timeout_ms, false);
            }
        }
    }
}
