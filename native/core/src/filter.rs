//! The door to the seccomp compiler (native/seccomp).

use trunc_plan::init_ops::InitOp;
pub use trunc_seccomp::Call;

use crate::errno;
use crate::error::{Error, Phase, Result};

/// Compiles the profiles of a plan's seccomp steps into filters.
///
/// # Errors
/// What the compiler says, with the step's index.
pub fn compile_all(ops: &mut [InitOp]) -> Result<()> {
    for (index, op) in (0_u32..).zip(ops) {
        if let InitOp::Seccomp {
            profile, filter, ..
        } = op
            && filter.0.is_empty()
        {
            let compiled = trunc_seccomp::compile(profile);
            filter.0 = compiled
                .map_err(|error| Error::text(error.to_string()).at(Phase::Init, Some(index)))?;
            profile.clear();
        }
    }
    Ok(())
}

/// The filter of a profile text, one instruction a line (`native/seccomp/assembly/disassemble.ts`).
///
/// # Errors
/// What the compiler says, with the index of the entry that it blames as `op`.
pub fn listing(profile: &str) -> Result<String> {
    let filter = trunc_seccomp::compile(profile).map_err(|error| blamed(&error))?;
    Ok(trunc_seccomp::disassemble(&filter))
}

/// What the filter of a profile text says to a call: the action word, how many instructions that took, and the name of
/// the errno in the word's low half: `327681 4 EPERM`, `0 4 -`.
///
/// # Errors
/// What the compiler says, with the index of the entry that it blames as `op`.
pub fn verdict(profile: &str, call: &Call) -> Result<String> {
    let filter = trunc_seccomp::compile(profile).map_err(|error| blamed(&error))?;
    let verdict = trunc_seccomp::decide(&filter, call).map_err(|error| blamed(&error))?;
    let number = (verdict.action & 0xffff).cast_signed();
    let name = errno::name_of(number).unwrap_or("-");
    Ok(format!("{} {} {name}", verdict.action, verdict.steps))
}

/// The calls of an ABI, one a line (`native/seccomp/assembly/calls.ts`).
///
/// # Errors
/// There is no ABI of that name.
pub fn calls(abi: &str) -> Result<String> {
    trunc_seccomp::list_calls(abi).map_err(|error| blamed(&error))
}

fn blamed(error: &trunc_seccomp::CompileError) -> Error {
    let op = error.rule.and_then(|rule| u32::try_from(rule).ok());
    Error {
        op,
        ..Error::text(error.message.clone())
    }
}
