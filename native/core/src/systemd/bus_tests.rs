//! The connection, with a bus that says what a test has it say.

use super::bus::{AUTHENTICATION, Answer, Bus};
use super::message::{Call, FIXED_LENGTH, total_length};
use crate::io::Deadline;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::{JoinHandle, spawn};
use trunc_plan::host_ops::BusSocket;

const CALL: Call<'_> = Call {
    destination: "org.example",
    path: "/a",
    interface: "org.example.I",
    method: "M",
    signature: "",
};

/// A bus that lets one client in and says then what it is told to say; the answers are to serials from 1 on.
fn fake(name: &str, says: Vec<Vec<u8>>) -> (Vec<BusSocket>, JoinHandle<()>) {
    let path = std::env::temp_dir().join(format!("trunc-bus-{name}-{}", std::process::id()));
    let listener = UnixListener::bind(&path).expect("bound");
    let socket = BusSocket {
        path: path.to_str().expect("UTF-8").to_owned(),
        is_direct: true,
    };
    let thread = spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        std::fs::remove_file(path).expect("removed");
        let mut hello = [0; AUTHENTICATION.len()];
        stream.read_exact(&mut hello).expect("read");
        assert_eq!(hello, AUTHENTICATION);
        stream.write_all(b"DATA\r\nOK 0123\r\n").expect("written");
        for answer in says {
            read_call(&mut stream);
            stream.write_all(&answer).expect("written");
        }
    });
    (vec![socket], thread)
}

fn read_call(stream: &mut UnixStream) {
    let mut fixed = [0; FIXED_LENGTH];
    stream.read_exact(&mut fixed).expect("read");
    let mut rest = vec![0; total_length(&fixed).expect("a message") - FIXED_LENGTH];
    stream.read_exact(&mut rest).expect("read");
}

/// A message of this kind, with these fields and a body of one text.
fn message(kind: u8, fields: &[u8], text: &str) -> Vec<u8> {
    let body_length = u8::try_from(text.len() + 5).expect("short");
    let fields_length = u8::try_from(fields.len()).expect("short");
    let mut bytes = vec![b'l', kind, 0, 1, body_length, 0, 0, 0, 9, 0, 0, 0];
    bytes.extend([fields_length, 0, 0, 0]);
    bytes.extend(fields);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.extend([body_length - 5, 0, 0, 0]);
    bytes.extend(text.as_bytes());
    bytes.push(0);
    bytes
}

/// Answers the call with this serial.
const fn answers(serial: u8) -> [u8; 8] {
    [5, 1, b'u', 0, serial, 0, 0, 0]
}

fn connect(sockets: &[BusSocket]) -> Bus {
    Bus::connect(sockets, Deadline::after(10_000)).expect("connected")
}

#[test]
fn a_signal_before_the_answer_is_kept() {
    let member = [3, 1, b's', 0, 1, 0, 0, 0, b'S', 0];
    let signal = message(4, &member, "told");
    let both = [signal, message(2, &answers(1), "done")].concat();
    let (sockets, thread) = fake("signal", vec![both]);
    let mut bus = connect(&sockets);
    let Answer::Reply(reply) = bus.call::<()>(&CALL, None).expect("answered") else {
        panic!("it is no refusal");
    };
    assert_eq!(reply.body::<&str>().expect("a text"), "done");
    let signal = bus.signal().expect("kept");
    assert_eq!(signal.name, "S");
    assert_eq!(signal.body::<&str>().expect("a text"), "told");
    thread.join().expect("ended");
}

#[test]
fn a_refusal_has_a_name_and_words() {
    let name = [4, 1, b's', 0, 3, 0, 0, 0, b'a', b'.', b'B', 0, 0, 0, 0, 0];
    let refusal = message(3, &[&name[..], &answers(1)].concat(), "no such thing");
    let (sockets, thread) = fake("refusal", vec![refusal]);
    match connect(&sockets).call::<()>(&CALL, None).expect("answered") {
        Answer::Refusal(name, words) => {
            assert_eq!((&*name, &*words), ("a.B", "no such thing"));
        }
        Answer::Reply(_) => panic!("it is no reply"),
    }
    thread.join().expect("ended");
}

#[test]
fn a_bus_that_ends_is_an_error() {
    let (sockets, thread) = fake("end", vec![]);
    let mut bus = connect(&sockets);
    thread.join().expect("ended");
    assert!(bus.call::<()>(&CALL, None).is_err());
}

#[test]
fn nothing_is_waited_for_for_ever() {
    let path = std::env::temp_dir().join(format!("trunc-bus-deaf-{}", std::process::id()));
    let _listener = UnixListener::bind(&path).expect("bound");
    let sockets = [BusSocket {
        path: path.to_str().expect("UTF-8").to_owned(),
        is_direct: true,
    }];
    let error = Bus::connect(&sockets, Deadline::after(50))
        .err()
        .expect("no answer");
    assert_eq!(error.errno, Some(rustix::io::Errno::TIMEDOUT));
    std::fs::remove_file(&path).expect("removed");
    let gone = Bus::connect(&sockets, Deadline::after(50))
        .err()
        .expect("nobody is there");
    assert_eq!(gone.call, "connect");
}
