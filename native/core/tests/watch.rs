//! Freezing and watching cgroups of this machine. Needs root; says so where it skips.
#![allow(clippy::expect_used, reason = "tests")]

use std::process::{Child, Command};
use trunc_core::cgroup::freezer::{freeze, thaw};
use trunc_core::cgroup::watch::{Event, Watch};
use trunc_core::cgroup::{made::Cgroups, read, remove};
use trunc_core::{facts, process};

/// The hierarchies with a controller, v1 or v2; on v2 the freezer is always there.
fn hierarchies(controller: &str) -> Vec<(String, bool)> {
    let facts = facts::read().expect("readable");
    if facts.euid != 0 {
        return Vec::new();
    }
    let has = |list: &[String]| list.iter().any(|name| name == controller);
    let v1 = facts.cgroup.hierarchies.into_iter();
    let v1 = v1.filter(|found| has(&found.controllers));
    let v2 = facts.cgroup.unified.into_iter();
    let v2 = v2.filter(|found| controller == "freezer" || has(&found.controllers));
    v1.map(|found| (found.root, false))
        .chain(v2.map(|found| (found.root, true)))
        .collect()
}

fn inside(cgroups: &mut Cgroups, root: &str, path: &str) -> Child {
    cgroups.make(root, path, false).expect("made");
    let child = Command::new("sleep").arg("100").spawn().expect("started");
    cgroups
        .write(root, path, "cgroup.procs", &child.id().to_string())
        .expect("moved");
    child
}

fn end(mut child: Child, root: &str, path: &str) {
    child.kill().expect("killed");
    child.wait().expect("reaped");
    remove::remove(&[(root.to_owned(), path.to_owned())], 5000, true).expect("removed");
}

#[test]
fn processes_stand_still_and_go_on() {
    let found = hierarchies("freezer");
    if found.is_empty() {
        eprintln!("skipped: needs root and a freezer");
    }
    for (root, is_v2) in found {
        let path = format!("/trunc-test-freeze-{}", std::process::id());
        let mut cgroups = Cgroups::default();
        let child = inside(&mut cgroups, &root, &path);
        let file = if is_v2 {
            "cgroup.freeze"
        } else {
            "freezer.state"
        };
        let state = || read(&root, &path, file).expect("read").unwrap_or_default();
        freeze(&root, &path, file, 5000).expect("frozen");
        assert_eq!(state().trim(), if is_v2 { "1" } else { "FROZEN" });
        thaw(&root, &path, file, 5000).expect("thawed");
        assert_eq!(state().trim(), if is_v2 { "0" } else { "THAWED" });
        end(child, &root, &path);
        assert!(freeze(&root, &path, file, 100).is_err());
    }
}

#[test]
fn a_cgroup_below_a_frozen_one_can_t_be_thawed() {
    for (root, is_v2) in hierarchies("freezer") {
        let above = format!("/trunc-test-above-{}", std::process::id());
        let path = format!("{above}/below");
        let mut cgroups = Cgroups::default();
        let child = inside(&mut cgroups, &root, &path);
        let file = if is_v2 {
            "cgroup.freeze"
        } else {
            "freezer.state"
        };
        freeze(&root, &above, file, 5000).expect("frozen");
        let refused = thaw(&root, &path, file, 50).expect_err("frozen above");
        assert_eq!(refused.errno, Some(rustix::io::Errno::TIMEDOUT));
        thaw(&root, &above, file, 5000).expect("thawed");
        end(child, &root, &above);
    }
}

#[test]
fn the_end_and_the_time_limit_are_seen() {
    let mut child = Command::new("sleep").arg("100").spawn().expect("started");
    let started = process::start_time(child.id())
        .expect("read")
        .expect("alive");
    let mut watch = Watch::new(child.id(), started, None).expect("watched");
    assert_eq!(watch.wait(20).expect("waited"), Event::Timeout);
    child.kill().expect("killed");
    assert_eq!(watch.wait(5000).expect("waited"), Event::End);
    child.wait().expect("reaped");
    let mut late = Watch::new(child.id(), started, None).expect("watched");
    assert_eq!(late.wait(5000).expect("waited"), Event::End);
}

#[test]
fn want_of_memory_is_seen_before_the_end() {
    let found = hierarchies("memory");
    if found.is_empty() {
        eprintln!("skipped: needs root and a memory controller");
    }
    for (root, is_v2) in found {
        let path = format!("/trunc-test-oom-{}", std::process::id());
        let mut cgroups = Cgroups::default();
        cgroups.make(&root, &path, false).expect("made");
        let limit = if is_v2 {
            "memory.max"
        } else {
            "memory.limit_in_bytes"
        };
        if read(&root, &path, limit).expect("read").is_none() {
            eprintln!("skipped: the memory controller is not enabled below {root}");
            continue;
        }
        cgroups
            .write(&root, &path, limit, "8388608")
            .expect("limited");
        let script = format!(
            "echo $$ > {root}{path}/cgroup.procs; read go; head -c 64M /dev/zero | tail >/dev/null"
        );
        let mut child = Command::new("sh")
            .args(["-c", &format!("{script}; kill -9 $$")])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("started");
        let started = process::start_time(child.id())
            .expect("read")
            .expect("alive");
        let mut watch = Watch::new(child.id(), started, Some((&root, &path))).expect("watched");
        drop(child.stdin.take());
        assert_eq!(watch.wait(10_000).expect("waited"), Event::Oom);
        while watch.wait(10_000).expect("waited") != Event::End {}
        child.wait().expect("reaped");
        remove::remove(&[(root, path)], 5000, true).expect("removed");
    }
}
