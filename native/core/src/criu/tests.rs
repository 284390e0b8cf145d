//! The conversation, with a test in the place of CRIU.

use super::rpc::{Kind, Notification, Options, Request, Response, Restored, Version};
use super::{Conversation, Event};
use prost::Message;
use rustix::fd::{AsFd, OwnedFd};
use rustix::net::{RecvFlags, recv};

fn pair() -> (Conversation, OwnedFd) {
    let mut ours = Conversation::new().expect("made");
    let theirs = ours.take_theirs().expect("there");
    (ours, theirs)
}

fn heard(theirs: &OwnedFd) -> Request {
    let mut bytes = vec![0; 4096];
    let (count, _) = recv(theirs, &mut bytes, RecvFlags::empty()).expect("received");
    Request::decode(&bytes[..count]).expect("decoded")
}

fn say(theirs: &OwnedFd, response: &Response, fd: bool) {
    let null = std::fs::File::open("/dev/null").expect("open");
    let fds = [null.as_fd()];
    let fds: &[_] = if fd { &fds } else { &[] };
    crate::send_fds::send(theirs, fds, &response.encode_to_vec()).expect("sent");
}

fn response(kind: Kind) -> Response {
    Response {
        kind: kind.into(),
        success: true,
        ..Response::default()
    }
}

#[test]
fn a_restore_from_its_version_to_its_pid() {
    let (mut ours, theirs) = pair();
    ours.ask(Kind::Version, None).expect("sent");
    assert_eq!(heard(&theirs).keep_open, Some(true));
    let version = Version {
        major: 3,
        minor: 17,
        sublevel: Some(1),
    };
    let answer = Response {
        version: Some(version),
        ..response(Kind::Version)
    };
    say(&theirs, &answer, false);
    let Ok(Event::Done(answer)) = ours.receive() else {
        panic!("no answer");
    };
    assert_eq!(answer.version, 31_701);

    ours.order(Kind::Restore, Options::default(), "/tmp", Some("/"))
        .expect("sent");
    let options = heard(&theirs).options.expect("there");
    assert!(options.images_dir_fd > 2 && options.work_dir_fd > Some(2));
    let notify = Notification {
        script: Some("orphan-pts-master".to_owned()),
        pid: None,
    };
    let notification = Response {
        notify: Some(notify),
        ..response(Kind::Notify)
    };
    say(&theirs, &notification, true);
    match ours.receive().expect("received") {
        Event::Notify { script, pid, fd } => {
            assert_eq!((&*script, pid), ("orphan-pts-master", 0));
            assert!(fd.is_some());
        }
        Event::Done(_) => panic!("not yet"),
    }
    ours.proceed().expect("sent");
    assert_eq!(heard(&theirs).notify_success, Some(true));
    let answer = Response {
        restore: Some(Restored { pid: 42 }),
        ..response(Kind::Restore)
    };
    say(&theirs, &answer, false);
    assert!(matches!(ours.receive(), Ok(Event::Done(answer)) if answer.pid == 42));
}

#[test]
fn failures_are_told() {
    let (mut ours, theirs) = pair();
    ours.ask(Kind::FeatureCheck, None).expect("sent");
    say(&theirs, &response(Kind::Dump), false);
    let error = ours.receive().expect_err("another answer");
    assert!(error.to_string().contains("something else: type 1"));
    let failure = Response {
        success: false,
        errno: Some(3),
        error: Some("no such process".to_owned()),
        ..response(Kind::Dump)
    };
    say(&theirs, &failure, false);
    assert_eq!(
        ours.receive().expect_err("failed").to_string(),
        "criu failed: type DUMP errno 3: no such process"
    );
    drop(theirs);
    assert_eq!(
        ours.receive().expect_err("gone").to_string(),
        "CRIU ended without an answer"
    );
    assert!(
        ours.order(Kind::Dump, Options::default(), "/no/such", None)
            .is_err()
    );
}
