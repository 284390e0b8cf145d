//! The init's reader of plans: whatever the bytes are, it ends, reads nothing outside of them and finds no more in them than
//! they can hold.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunc_plan::wire::{HEADER, PlanView};

/// Code, zero and length of an operation.
const OP_HEAD: usize = 8;

fuzz_target!(|bytes: &[u8]| {
    let Some(plan) = PlanView::new(bytes) else {
        return;
    };
    let mut right = 0;
    for op in plan.ops().flatten() {
        // formatting reads every field
        assert!(!format!("{op:?}").is_empty());
        right += 1;
    }
    assert!(HEADER + right * OP_HEAD <= bytes.len());
});
