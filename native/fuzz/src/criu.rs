//! What CRIU answers: read or refused, and the same again after it was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use prost::Message;
use trunc_core::criu::rpc::Response;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(response) = Response::decode(bytes) {
        let again = Response::decode(&response.encode_to_vec()[..]);
        assert_eq!(again.ok(), Some(response));
    }
});
