//! What comes from a D-Bus socket: how long a message says that it is, its header, and the bodies that are asked for.
#![no_main]

use libfuzzer_sys::fuzz_target;
// where the module looks for it
use trunc_core::error;
use zbus::{ObjectPath, Variant};

#[allow(dead_code, reason = "what is sent is not read here")]
#[path = "../../core/src/systemd/message.rs"]
mod message;

fuzz_target!(|bytes: &[u8]| {
    let Some(fixed) = bytes.first_chunk() else {
        assert!(message::decode(bytes).is_err());
        return;
    };
    if let Ok(length) = message::total_length(fixed) {
        assert!(length >= message::FIXED_LENGTH);
    }
    let Ok(message) = message::decode(bytes) else {
        return;
    };
    // all that is asked for
    let _words = message.body::<&str>();
    let _number = message.body::<u32>();
    let _unit = message.body::<ObjectPath<'_>>();
    let _property = message.body::<Variant<'_>>();
    let _end = message.body::<(u32, ObjectPath<'_>, &str, &str)>();
});
