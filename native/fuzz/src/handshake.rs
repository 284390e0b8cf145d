//! Both ways of the handshake between the host and the init: a message is refused, or is the bytes that it was read from.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunc_plan::message::{Command, Report};

/// Bytes of a report that nothing is read from.
const UNUSED: std::ops::Range<usize> = 12..16;

fuzz_target!(|bytes: &[u8]| {
    match Command::decode(bytes) {
        Some(command) => assert_eq!(command.encode(), bytes),
        None => assert!(
            bytes.len() != Command::SIZE || !(1..=5).contains(&bytes[0]) || bytes[1..4] != [0; 3]
        ),
    }
    match Report::decode(bytes) {
        Some(report) => {
            let mut bytes = bytes.to_vec();
            bytes[UNUSED].fill(0);
            assert_eq!(report.encode()[..], bytes);
        }
        None => assert!(
            bytes.len() != Report::SIZE || !(1..=6).contains(&bytes[0]) || bytes[1..4] != [0; 3]
        ),
    }
});
