//! The host's operations: one match, each operation a function of its own file.

mod affinity;
mod controllers;
mod device;
mod id_maps;
pub mod list;
mod net_device;
mod netlink;
mod owner;
mod proc_file;
mod resctrl;
mod rlimit;
mod schemata;

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use trunc_plan::host_ops::HostOp;

use crate::cgroup::made::Cgroups;
use crate::error::{Error, Result};
use crate::systemd;

/// The init, as the operations see it.
pub struct Target {
    /// Its pid.
    pub pid: u32,
    /// Its pidfd.
    pub pidfd: OwnedFd,
    /// Its directory in /proc, once something needed it.
    proc_dir: Option<OwnedFd>,
}

impl Target {
    /// A cloned init.
    #[must_use]
    pub const fn new(pid: u32, pidfd: OwnedFd) -> Self {
        Self {
            pid,
            pidfd,
            proc_dir: None,
        }
    }

    fn proc_dir(&mut self) -> Result<&OwnedFd> {
        if self.proc_dir.is_none() {
            self.proc_dir = Some(crate::process::proc_dir(self.pid, &self.pidfd)?);
        }
        self.proc_dir
            .as_ref()
            .ok_or_else(|| Error::call("open", Errno::SRCH, ""))
    }
}

/// Runs one operation; `target` is there once the init is cloned.
///
/// # Errors
/// The call that failed.
pub fn run(op: &HostOp, cgroups: &mut Cgroups, target: Option<&mut Target>) -> Result<()> {
    let init =
        || target.ok_or_else(|| Error::text("this step needs the init, which is not cloned yet"));
    match op {
        HostOp::MakeCgroup {
            root,
            path,
            seed_cpuset,
            ..
        } => cgroups.make(root, path, *seed_cpuset),
        HostOp::WriteCgroup {
            root,
            path,
            file,
            text,
            ignore,
            ..
        } => ignoring(ignore, cgroups.write(root, path, file, text)),
        HostOp::WriteFirstCgroup {
            root,
            path,
            files,
            texts,
            ..
        } => write_first(cgroups, root, path, files, texts),
        HostOp::EnableControllers {
            root,
            path,
            controllers,
            ..
        } => controllers::enable(root, path, controllers),
        HostOp::OwnCgroup {
            root, path, uid, ..
        } => owner::give(root, path, uid.0),
        HostOp::DeviceProgram {
            root,
            path,
            program,
            ..
        } => device::attach(root, path, &program.0),
        HostOp::JoinCgroup { root, path, .. } => {
            cgroups.write(root, path, "cgroup.procs", &init()?.pid.to_string())
        }
        HostOp::IdMaps {
            uid,
            gid,
            deny_setgroups,
            helpers,
            ..
        } => id_maps::write(init()?, uid, gid, *deny_setgroups, *helpers),
        HostOp::WriteInitProc { file, text, .. } => proc_file::write(init()?, file, text),
        HostOp::MoveNetDevice {
            name,
            new_name,
            joined,
            ..
        } => net_device::move_in(init()?, name, new_name, joined),
        HostOp::MakeResctrl {
            root,
            path,
            shared,
            schemata,
            ..
        } => {
            if resctrl::make(root, path, *shared, schemata)? {
                cgroups.remember(root, path);
            }
            Ok(())
        }
        HostOp::WriteResctrl {
            root,
            path,
            file,
            text,
            ..
        } => resctrl::write(root, path, file, text),
        HostOp::JoinResctrl { root, path, .. } => resctrl::join(root, path, init()?.pid),
        HostOp::StartUnit {
            bus,
            unit,
            properties,
            timeout_ms,
            ..
        } => cgroups.start_unit(bus, unit, properties, init()?.pid, timeout_ms.0),
        HostOp::SetUnitProperties {
            bus,
            unit,
            properties,
            timeout_ms,
            ..
        } => systemd::set_unit_properties(bus, unit, properties, timeout_ms.0),
        HostOp::AttachToUnit {
            bus,
            unit,
            path,
            timeout_ms,
            ..
        } => systemd::attach_to_unit(bus, unit, path, init()?.pid, timeout_ms.0),
        HostOp::RaiseRlimit { resource, hard, .. } => {
            rlimit::raise(init()?.pid, resource.0, hard.0)
        }
        HostOp::SetAffinity { cpus, .. } => affinity::set(init()?.pid, &cpus.0),
    }
}

/// The place in config.json that asked for an operation.
#[must_use]
pub fn place(op: &HostOp) -> (&'static str, &str) {
    match op {
        HostOp::MakeCgroup { at, .. } => ("makeCgroup", at),
        HostOp::WriteCgroup { at, .. } => ("writeCgroup", at),
        HostOp::WriteFirstCgroup { at, .. } => ("writeFirstCgroup", at),
        HostOp::EnableControllers { at, .. } => ("enableControllers", at),
        HostOp::OwnCgroup { at, .. } => ("ownCgroup", at),
        HostOp::DeviceProgram { at, .. } => ("deviceProgram", at),
        HostOp::JoinCgroup { at, .. } => ("joinCgroup", at),
        HostOp::IdMaps { at, .. } => ("idMaps", at),
        HostOp::WriteInitProc { at, .. } => ("writeInitProc", at),
        HostOp::MoveNetDevice { at, .. } => ("moveNetDevice", at),
        HostOp::MakeResctrl { at, .. } => ("makeResctrl", at),
        HostOp::WriteResctrl { at, .. } => ("writeResctrl", at),
        HostOp::JoinResctrl { at, .. } => ("joinResctrl", at),
        HostOp::StartUnit { at, .. } => ("startUnit", at),
        HostOp::SetUnitProperties { at, .. } => ("setUnitProperties", at),
        HostOp::AttachToUnit { at, .. } => ("attachToUnit", at),
        HostOp::RaiseRlimit { at, .. } => ("raiseRlimit", at),
        HostOp::SetAffinity { at, .. } => ("setAffinity", at),
    }
}

fn ignoring(names: &[String], result: Result<()>) -> Result<()> {
    match result {
        Err(error)
            if error
                .errno
                .is_some_and(|errno| names.contains(&crate::errno::name(errno))) =>
        {
            Ok(())
        }
        result => result,
    }
}

fn write_first(
    cgroups: &mut Cgroups,
    root: &str,
    path: &str,
    files: &[String],
    texts: &[String],
) -> Result<()> {
    let mut last = Err(Error::text(format!(
        "{root}{path}: no file to write is named"
    )));
    for (file, text) in files.iter().zip(texts) {
        last = cgroups.write(root, path, file, text);
        let is_missing = last
            .as_ref()
            .is_err_and(|error| error.call == "openat2" && error.errno == Some(Errno::NOENT));
        if !is_missing {
            return last;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::{run, write_first};
    use crate::cgroup::made::Cgroups;
    use trunc_plan::host_ops::HostOp;

    fn temporary(name: &str) -> String {
        let dir = std::env::temp_dir().join(format!("trunc-{name}-{}", std::process::id()));
        std::fs::create_dir(&dir).expect("a fresh directory");
        dir.to_str().expect("UTF-8").to_owned()
    }

    #[test]
    fn the_first_file_that_is_there_is_written() {
        let root = temporary("first");
        std::fs::write(format!("{root}/b"), "").expect("written");
        let files = ["a", "b", "c"].map(str::to_owned);
        let texts = ["1", "2", "3"].map(str::to_owned);
        write_first(&mut Cgroups::default(), &root, "/", &files, &texts).expect("b is there");
        assert_eq!(
            std::fs::read_to_string(format!("{root}/b")).expect("read"),
            "2"
        );
        let none = write_first(
            &mut Cgroups::default(),
            &root,
            "/",
            &files[..1],
            &texts[..1],
        )
        .expect_err("a is not");
        assert_eq!(none.text, format!("{root}/a"));
        std::fs::remove_dir_all(root).expect("removed");
    }

    #[test]
    fn named_errnos_are_no_failure() {
        let write = |ignore: &[&str]| HostOp::WriteCgroup {
            at: String::new(),
            root: "/proc".to_owned(),
            path: "/no-such-cgroup".to_owned(),
            file: "x".to_owned(),
            text: "1".to_owned(),
            ignore: ignore.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert!(run(&write(&["ENOENT"]), &mut Cgroups::default(), None).is_ok());
        assert!(run(&write(&["EBUSY"]), &mut Cgroups::default(), None).is_err());
    }

    #[test]
    fn cgroups_that_were_made_are_undone() {
        let root = temporary("undo");
        std::fs::create_dir(format!("{root}/there")).expect("made");
        let mut cgroups = Cgroups::default();
        cgroups.make(&root, "/there/a/b", false).expect("made");
        assert!(std::path::Path::new(&format!("{root}/there/a/b")).is_dir());
        cgroups.undo();
        assert!(!std::path::Path::new(&format!("{root}/there/a")).exists());
        assert!(std::path::Path::new(&format!("{root}/there")).is_dir());
        assert!(cgroups.make(&root, "/there/../x", false).is_err());
        std::fs::remove_dir_all(root).expect("removed");
    }
}
