//! Enters real containers: a second process in the namespaces of a first one. Needs root and a static busybox; says so where
//! it skips.
#![allow(clippy::expect_used, reason = "tests")]

mod bundle;

use bundle::{Bundle, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER, TIMEOUT_MS, run};
use trunc_core::error::Phase;
use trunc_core::launch::{Event, Launch};
use trunc_core::spawn::Exit;
use trunc_plan::host_ops::{JoinProcess, Plan};
use trunc_plan::init_ops::InitOp;
use trunc_plan::values::{U32, U64};

const ALL: u32 = 0x7e02_0080;

/// A container whose program sleeps until it is aborted.
fn sleeping(bundle: &Bundle) -> Launch {
    let mut launch = Launch::new(bundle.plan("sleep 100"), false).expect("made");
    launch.prepare().expect("prepared");
    launch.clone_init().expect("cloned");
    launch.configure().expect("configured");
    loop {
        match launch.receive(TIMEOUT_MS).expect("reported") {
            Event::Ready(_) | Event::Barrier(_) => launch.go().expect("told"),
            Event::Exec => return launch,
            Event::Console(..) | Event::Listener(..) => {}
        }
    }
}

/// `script` in the container of `first`.
fn plan(bundle: &Bundle, first: &mut Launch, script: &str) -> Plan {
    let mut plan = bundle.plan(script);
    plan.sandbox.namespaces = U32(0);
    plan.sandbox.join_process = Some(JoinProcess {
        pid: U32(first.pid().expect("cloned")),
        start_time: U64(first.start_time().expect("alive")),
        namespaces: U32(ALL),
        cgroups: vec![],
        timeout_ms: U32(TIMEOUT_MS),
    });
    // What makes the container is behind it: its root is this namespace's.
    plan.init.retain(|op| {
        !matches!(
            op,
            InitOp::HostPropagation { .. } | InitOp::MountFs { .. } | InitOp::PivotRoot { .. }
        )
    });
    for op in &mut plan.init {
        if matches!(op, InitOp::OpenRoot { .. }) {
            *op = InitOp::OpenSharedRoot {
                at: String::new(),
                source: "/".to_owned(),
            };
        }
    }
    plan
}

#[test]
fn a_second_process_is_in_all_namespaces_of_the_first() {
    let Some(bundle) = Bundle::new("enter") else {
        return;
    };
    let mut first = sleeping(&bundle);
    let same = "for n in mnt pid net ipc uts; do \
        test $(busybox readlink /proc/1/ns/$n) = $(busybox readlink /proc/self/ns/$n) || exit 1; done; \
        test $$ != 1 && test ! -e /proc/self/fd/3 && exit 7";
    let (exit, _) = run(plan(&bundle, &mut first, same)).expect("runs");
    assert_eq!(exit, Exit::Code(7));
    first.abort();
}

#[test]
fn a_process_that_is_gone_is_not_entered() {
    let Some(bundle) = Bundle::new("enter-gone") else {
        return;
    };
    let mut first = sleeping(&bundle);
    let entering = plan(&bundle, &mut first, "true");
    let mut mistaken = entering.clone();
    if let Some(process) = &mut mistaken.sandbox.join_process {
        process.start_time = U64(1);
    }
    let refused = run(mistaken).err().expect("another process of that number");
    assert_eq!(refused.to_string(), "container not running");
    first.abort();
    let refused = run(entering).err().expect("gone");
    assert_eq!(refused.phase, Some(Phase::Clone));
    assert_eq!(refused.to_string(), "container not running");
}

#[test]
fn a_cgroup_that_is_not_there_is_named() {
    let Some(bundle) = Bundle::new("enter-cgroup") else {
        return;
    };
    let mut first = sleeping(&bundle);
    let mut entering = plan(&bundle, &mut first, "true");
    if let Some(process) = &mut entering.sandbox.join_process {
        process.cgroups = vec!["/sys/fs/cgroup/no/such".to_owned()];
    }
    let refused = run(entering).err().expect("refused");
    assert_eq!(refused.errno, Some(rustix::io::Errno::NOENT));
    assert!(refused.to_string().contains("no/such"), "{refused}");
    first.abort();
}

#[test]
fn namespaces_that_are_shared_anyway_are_left_out() {
    let Some(bundle) = Bundle::new("enter-shared") else {
        return;
    };
    let mut first = sleeping(&bundle);
    // The first one has no user namespace of its own, so joining that would be an error.
    let mut entering = plan(&bundle, &mut first, "exit 3");
    if let Some(process) = &mut entering.sandbox.join_process {
        process.namespaces = U32(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET);
    }
    let pid_namespace = std::fs::read_link("/proc/self/ns/pid").expect("read");
    let (exit, launch) = run(entering).expect("runs");
    assert_eq!(exit, Exit::Code(3));
    // Without a pid namespace to be in it need not clone itself again, and stays the child that was cloned.
    assert!(launch.pid().expect("cloned") > 0);
    assert_eq!(
        std::fs::read_link("/proc/self/ns/pid").expect("read"),
        pid_namespace,
        "this process joins nothing"
    );
    assert_ne!(CLONE_NEWPID & ALL, 0);
    first.abort();
}
