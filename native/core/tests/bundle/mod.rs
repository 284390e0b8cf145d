//! A bundle of busybox in a temporary directory, and the plan and the steps of a run.
#![allow(clippy::expect_used, reason = "tests")]

use std::path::{Path, PathBuf};
use trunc_core::launch::{Event, Launch};
use trunc_core::spawn::{Exit, reap};
use trunc_plan::host_ops::{Plan, Sandbox};
use trunc_plan::init_ops::InitOp;
use trunc_plan::values::{U32, U64};

pub const CLONE_NEWNS: u32 = 0x0002_0000;
pub const CLONE_NEWUTS: u32 = 0x0400_0000;
pub const CLONE_NEWIPC: u32 = 0x0800_0000;
pub const CLONE_NEWUSER: u32 = 0x1000_0000;
pub const CLONE_NEWPID: u32 = 0x2000_0000;
pub const CLONE_NEWNET: u32 = 0x4000_0000;
pub const MS_SLAVE: u32 = 1 << 19;
pub const MS_REC: u32 = 1 << 14;
pub const MS_PRIVATE: u32 = 1 << 18;
/// What engines give by default; a host may lack others.
pub const CAPABILITIES: u64 = 0xa804_25fb;
pub const TIMEOUT_MS: u32 = 10_000;

/// A bundle in a temporary directory that goes away with it.
pub struct Bundle(PathBuf);

impl Bundle {
    pub fn new(name: &str) -> Option<Self> {
        let busybox = ["/bin/busybox", "/usr/bin/busybox"]
            .into_iter()
            .find(|path| Path::new(path).exists());
        let (true, Some(busybox)) = (rustix::process::geteuid().is_root(), busybox) else {
            eprintln!("skipped: needs root and a static busybox");
            return None;
        };
        let dir = std::env::temp_dir().join(format!("trunc-launch-{name}-{}", std::process::id()));
        for sub in ["rootfs/bin", "rootfs/proc", "rootfs/tmp"] {
            std::fs::create_dir_all(dir.join(sub)).expect("made");
        }
        std::fs::copy(busybox, dir.join("rootfs/bin/busybox")).expect("copied");
        for applet in ["sh", "true", "sleep", "cat", "id"] {
            std::os::unix::fs::symlink("busybox", dir.join("rootfs/bin").join(applet))
                .expect("linked");
        }
        Some(Self(dir))
    }

    pub fn path(&self, sub: &str) -> String {
        self.0.join(sub).to_str().expect("UTF-8").to_owned()
    }

    /// Runs `script` in namespaces of its own.
    pub fn plan(&self, script: &str) -> Plan {
        let at = String::new;
        let init = vec![
            InitOp::NewSession { at: at() },
            InitOp::HostPropagation {
                at: at(),
                propagation: U32(MS_SLAVE | MS_REC),
            },
            InitOp::OpenRoot {
                at: at(),
                source: self.path("rootfs"),
            },
            InitOp::MountFs {
                at: "/mounts/0".to_owned(),
                target: "/proc".to_owned(),
                fstype: "proc".to_owned(),
                params: vec!["source=proc".to_owned()],
                attrs: U32(0),
                propagation: U32(MS_PRIVATE),
                copy_up: false,
            },
            InitOp::PivotRoot { at: at() },
            InitOp::CloseOnExec {
                at: at(),
                from: U32(3),
            },
            InitOp::Credentials {
                at: at(),
                uid: U32(0),
                gid: U32(0),
                groups: vec![],
                keep_groups: true,
                bounding: U64(CAPABILITIES),
                permitted: U64(CAPABILITIES),
                effective: U64(CAPABILITIES),
                inheritable: U64(0),
                ambient: U64(0),
            },
            InitOp::ChangeDir {
                at: at(),
                path: "/".to_owned(),
            },
            InitOp::ResolveProgram {
                at: "/process/args/0".to_owned(),
                name: "sh".to_owned(),
                search: "/bin".to_owned(),
            },
            InitOp::Ready { at: at() },
            InitOp::Exec {
                at: "/process/args".to_owned(),
                args: ["sh", "-c", script].map(str::to_owned).to_vec(),
                env: vec!["PATH=/bin".to_owned()],
            },
        ];
        let namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET;
        let sandbox = Sandbox {
            namespaces: U32(namespaces),
            joins: vec![],
            join_process: None,
            into_cgroup: String::new(),
            preserve_fds: U32(0),
        };
        Plan {
            before: vec![],
            fds: vec![],
            sandbox,
            after: vec![],
            meanwhile: None,
            init,
        }
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        let _gone = trunc_core::remove_tree::remove_tree(self.0.to_str().unwrap_or("/nonexistent"));
    }
}

/// `run`: everything up to the program's end.
pub fn run(plan: Plan) -> trunc_core::Result<(Exit, Launch)> {
    let mut launch = Launch::new(plan, true)?;
    let result = drive(&mut launch);
    if result.is_err() {
        launch.abort();
    }
    result.map(|exit| (exit, launch))
}

fn drive(launch: &mut Launch) -> trunc_core::Result<Exit> {
    launch.prepare()?;
    launch.clone_init()?;
    launch.configure()?;
    loop {
        match launch.receive(TIMEOUT_MS)? {
            Event::Ready(_) | Event::Barrier(_) => launch.go()?,
            Event::Exec => break,
            Event::Console(..) | Event::Listener(..) => {}
        }
    }
    let exit = reap(launch.pidfd()?, false)?.expect("ended");
    launch.mark_ended();
    Ok(exit)
}
