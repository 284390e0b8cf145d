//! Launches real containers from plans made by hand. Needs root and a static busybox; says so where it skips.
#![allow(clippy::expect_used, reason = "tests")]

mod bundle;

use bundle::{Bundle, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWUSER, TIMEOUT_MS, run};
use std::path::Path;
use trunc_core::error::Phase;
use trunc_core::launch::{Event, Launch};
use trunc_core::spawn::Exit;
use trunc_core::{dirs, process, start};
use trunc_plan::host_ops::{FdOp, HostOp, Join};
use trunc_plan::init_ops::InitOp;
use trunc_plan::values::U32;

#[test]
fn a_program_runs_and_its_exit_code_arrives() {
    let Some(bundle) = Bundle::new("exit") else {
        return;
    };
    let (exit, launch) =
        run(bundle.plan("test $$ = 1 && test -d /proc/1 && exit 7")).expect("runs");
    assert_eq!(exit, Exit::Code(7));
    let trace = launch.trace().expect("traced");
    for name in ["clone", "mountFs", "pivotRoot", "ready"] {
        assert!(trace.contains(&format!("\"name\":\"{name}\"")), "{trace}");
    }
}

#[test]
fn a_failed_step_names_itself() {
    let Some(bundle) = Bundle::new("fail") else {
        return;
    };
    let mut plan = bundle.plan("true");
    let InitOp::MountFs { fstype, .. } = &mut plan.init[3] else {
        panic!("the mount of proc")
    };
    *fstype = "nosuchfs".to_owned();
    let failed = run(plan).err().expect("refused");
    assert_eq!((failed.phase, failed.op), (Some(Phase::Init), Some(3)));
    assert_eq!(
        (&*failed.call, failed.errno),
        ("fsopen", Some(rustix::io::Errno::NODEV))
    );
}

#[test]
fn a_missing_program_is_reported() {
    let Some(bundle) = Bundle::new("missing") else {
        return;
    };
    let mut plan = bundle.plan("true");
    plan.init[8] = InitOp::ResolveProgram {
        at: String::new(),
        name: "nosuchprogram".to_owned(),
        search: "/bin".to_owned(),
    };
    let failed = run(plan).err().expect("refused");
    assert_eq!((failed.phase, failed.op), (Some(Phase::Init), Some(8)));
}

#[test]
fn a_killed_init_is_explained() {
    let Some(bundle) = Bundle::new("killed") else {
        return;
    };
    let mut launch = Launch::new(bundle.plan("true"), false).expect("made");
    launch.prepare().expect("prepared");
    let pid = launch.clone_init().expect("cloned");
    let started = launch.start_time().expect("alive");
    assert!(process::signal(pid, started, 9).expect("sent"));
    assert!(process::wait_gone(pid, started, TIMEOUT_MS).expect("waited"));
    let dead = launch
        .configure()
        .and_then(|()| launch.receive(TIMEOUT_MS).map(|_| ()))
        .expect_err("dead");
    assert_eq!(dead.text, "container init was killed by signal 9");
    launch.abort();
}

#[test]
fn a_user_namespace_has_its_maps() {
    let Some(bundle) = Bundle::new("user") else {
        return;
    };
    // The mapped root has to reach the root file system.
    for dir in ["", "rootfs", "rootfs/bin", "rootfs/proc", "rootfs/tmp"] {
        rustix::fs::chown(
            bundle.path(dir),
            Some(rustix::fs::Uid::from_raw(100_000)),
            None,
        )
        .expect("owned");
    }
    let script = "set -- $(cat /proc/self/uid_map); test \"$*\" = '0 100000 1000' && test $(id -u) = 0 && exit 5";
    let mut plan = bundle.plan(script);
    plan.sandbox.namespaces.0 |= CLONE_NEWUSER;
    plan.init
        .insert(0, InitOp::BecomeRoot { at: String::new() });
    let map = "0 100000 1000\n".to_owned();
    plan.after.push(HostOp::IdMaps {
        at: String::new(),
        uid: map.clone(),
        gid: map,
        deny_setgroups: false,
        helpers: false,
    });
    let (exit, _) = run(plan).expect("runs");
    assert_eq!(exit, Exit::Code(5));
}

#[test]
fn a_container_waits_for_start_and_another_joins_its_namespaces() {
    let Some(bundle) = Bundle::new("start") else {
        return;
    };
    let state = bundle.path("state");
    dirs::make(&state, 0o700).expect("made");
    let mut plan = bundle.plan("");
    plan.init[8] = InitOp::ResolveProgram {
        at: String::new(),
        name: "sleep".to_owned(),
        search: "/bin".to_owned(),
    };
    for name in ["start", "result"] {
        plan.fds.push(FdOp::Fifo {
            at: String::new(),
            path: format!("{state}/{name}"),
        });
    }
    plan.init.pop();
    plan.init.push(InitOp::WaitStart {
        at: String::new(),
        go: U32(0),
        result: U32(1),
    });
    plan.init.push(InitOp::Exec {
        at: String::new(),
        args: ["sleep", "100"].map(str::to_owned).to_vec(),
        env: vec![],
    });

    let mut launch = Launch::new(plan, false).expect("made");
    launch.prepare().expect("prepared");
    let pid = launch.clone_init().expect("cloned");
    launch.configure().expect("configured");
    assert!(matches!(
        launch.receive(TIMEOUT_MS).expect("ready"),
        Event::Ready(_)
    ));
    launch.go().expect("let go");
    let started = launch.start_time().expect("alive");
    start::start(&state, pid, started).expect("started");
    assert!(!Path::new(&format!("{state}/start")).exists());
    let again = start::start(&state, pid, started).expect_err("started before");
    assert_eq!(again.errno, Some(rustix::io::Errno::NOENT));
    let program = std::fs::read_to_string(format!("/proc/{pid}/comm")).expect("read");
    assert_eq!(program, "sleep\n");

    let other = Bundle::new("join").expect("as before");
    let mut plan = other.plan("test -d /proc/1 && test $$ != 1 && exit 9");
    plan.sandbox.namespaces.0 &= !(CLONE_NEWPID | CLONE_NEWNET);
    for (kind, name) in [(CLONE_NEWPID, "pid"), (CLONE_NEWNET, "net")] {
        plan.sandbox.joins.push(Join {
            at: String::new(),
            kind: U32(kind),
            path: format!("/proc/{pid}/ns/{name}"),
        });
    }
    let (exit, _) = run(plan).expect("joins");
    assert_eq!(exit, Exit::Code(9));
    launch.abort();
    assert!(process::wait_gone(pid, started, TIMEOUT_MS).expect("gone"));
}

#[test]
fn an_id_mapped_tree_is_made_by_the_host() {
    let Some(bundle) = Bundle::new("tree") else {
        return;
    };
    let tmpfs = bundle.path("rootfs/tmp");
    let map = "0 100000 65536\n".to_owned();
    let mut plan = bundle
        .plan("test $(stat -c %u /tmp 2>/dev/null || busybox stat -c %u /tmp) = 100000 && exit 4");
    plan.fds.push(FdOp::Tree {
        at: String::new(),
        source: tmpfs.clone(),
        recursive: false,
        uid_map: map.clone(),
        gid_map: map,
        map_of: String::new(),
        recursive_map: false,
    });
    plan.init.insert(
        4,
        InitOp::MountBind {
            at: String::new(),
            target: "/tmp".to_owned(),
            source: tmpfs,
            fd: trunc_plan::values::I32(0),
            recursive: false,
            set: U32(0),
            clear: U32(0),
            recursive_set: U32(0),
            recursive_clear: U32(0),
            propagation: U32(0),
        },
    );
    let (exit, _) = run(plan).expect("runs");
    assert_eq!(exit, Exit::Code(4));
}
