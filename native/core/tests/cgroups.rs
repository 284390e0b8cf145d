//! Cgroups, device programs and killing, on the cgroups of this machine. Needs root; says so where it skips.
#![allow(clippy::expect_used, reason = "tests")]

use std::process::{Command, Stdio};
use trunc_core::cgroup::{self, kill, made::Cgroups, remove};
use trunc_core::facts;
use trunc_core::ops;
use trunc_plan::host_ops::HostOp;
use trunc_plan::values::Bytes;

/// A hierarchy to try things in: v2 where that is mounted, else any.
fn hierarchy() -> Option<(String, bool)> {
    let facts = facts::read().expect("readable");
    let v2 = facts.cgroup.unified.map(|found| (found.root, true));
    let found = v2.or_else(|| {
        facts
            .cgroup
            .hierarchies
            .into_iter()
            .next()
            .map(|found| (found.root, false))
    });
    let usable = found.filter(|_| facts.euid == 0);
    if usable.is_none() {
        eprintln!("skipped: needs root and a mounted cgroup hierarchy");
    }
    usable
}

fn name(test: &str) -> String {
    format!("/trunc-test-{test}-{}", std::process::id())
}

#[test]
fn processes_are_killed_and_cgroups_removed() {
    let Some((root, _)) = hierarchy() else { return };
    let top = name("kill");
    let below = format!("{top}/below");
    let mut cgroups = Cgroups::default();
    cgroups.make(&root, &below, false).expect("made");
    let mut children: Vec<_> = (0..3)
        .map(|_| {
            Command::new("sleep")
                .arg("100")
                .stdin(Stdio::null())
                .spawn()
                .expect("started")
        })
        .collect();
    for child in &children {
        cgroups
            .write(&root, &below, "cgroup.procs", &child.id().to_string())
            .expect("moved");
    }
    assert_eq!(cgroup::processes(&root, &top).expect("listed").len(), 3);
    let stays = remove::remove(&[(root.clone(), top.clone())], 20, false).expect_err("busy");
    assert_eq!(stays.text, format!("{root}{top}"));

    kill::kill(&root, &top, 15).expect("signalled");
    for child in &mut children {
        let status = child.wait().expect("ended");
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&status),
            Some(15)
        );
    }
    remove::remove(&[(root.clone(), top.clone())], 5000, false).expect("removed");
    assert_eq!(
        cgroup::read(&root, &top, "cgroup.procs").expect("read"),
        None
    );
    remove::remove(&[(root, top)], 5000, false).expect("nothing to do");
}

#[test]
fn removal_kills_where_asked() {
    let Some((root, _)) = hierarchy() else { return };
    let path = name("remove");
    let mut cgroups = Cgroups::default();
    cgroups.make(&root, &path, false).expect("made");
    let mut child = Command::new("sleep").arg("100").spawn().expect("started");
    cgroups
        .write(&root, &path, "cgroup.procs", &child.id().to_string())
        .expect("moved");
    remove::remove(&[(root, path)], 5000, true).expect("removed");
    assert!(!child.wait().expect("ended").success());
}

#[test]
fn a_device_program_takes_the_place_of_the_one_before() {
    let Some((root, true)) = hierarchy() else {
        eprintln!("skipped: needs a v2 hierarchy");
        return;
    };
    let path = name("device");
    let mut cgroups = Cgroups::default();
    cgroups.make(&root, &path, false).expect("made");
    // r0 = verdict; exit
    let program = |verdict: u8| HostOp::DeviceProgram {
        at: String::new(),
        root: root.clone(),
        path: path.clone(),
        program: Bytes(vec![
            0xb7, 0, 0, 0, verdict, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0,
        ]),
    };
    let mut attach = |op: &HostOp| ops::run(op, &mut cgroups, None);
    attach(&program(1)).expect("attached");
    attach(&program(0)).expect("replaced");
    let HostOp::DeviceProgram {
        at,
        root: at_root,
        path: at_path,
        ..
    } = program(0)
    else {
        return;
    };
    let broken = HostOp::DeviceProgram {
        at,
        root: at_root,
        path: at_path,
        program: Bytes(vec![0x95, 0, 0, 0, 0, 0, 0, 0]),
    };
    let refused = attach(&broken).expect_err("no verdict");
    assert!(refused.text.contains("R0"), "{refused}");
    assert_eq!(attached(&format!("{root}{path}")), 1);

    // Everything is denied now.
    let script = format!("echo $$ > {root}{path}/cgroup.procs && ! head -c 1 /dev/zero");
    let status = Command::new("sh")
        .args(["-c", &script])
        .stderr(Stdio::null())
        .status()
        .expect("ran");
    assert!(status.success());
    remove::remove(&[(root, path)], 5000, false).expect("removed");
}

fn attached(path: &str) -> usize {
    let dir = cgroup::open_dir(path).expect("opened");
    let mut ids = [0; trunc_sys::bpf::MAX_ATTACHED];
    trunc_sys::bpf::attached_device_programs(&dir, &mut ids).expect("asked")
}
