//! Questions to the filter compiler: for people's tools, containers get their filters from a launch.

use crate::failure::OrThrow;
use napi::{Env, Result};
use napi_derive::napi;
use trunc_core::Error;
use trunc_core::filter::{self, Call};
use trunc_plan::values::{U32, U64};

/// A question to the filter compiler. One function answers all of them, since each export costs every command some time.
#[napi(
    discriminant = "ask",
    discriminant_case = "camelCase",
    object_to_js = false
)]
pub enum SeccompQuestion {
    /// The filter of a profile text, one instruction a line.
    Listing { profile: String },
    /// What that filter says to a call: action word, instructions that it took, name of the errno in the word.
    Verdict {
        profile: String,
        /// `AUDIT_ARCH_*`
        arch: U32,
        number: U32,
        /// All six.
        args: Vec<U64>,
    },
    /// The calls of an ABI (`x86_64`), one a line.
    Calls { abi: String },
}

/// Asks the filter compiler; an error's `op` is the index of the profile's entry that is to blame.
#[napi]
#[allow(clippy::needless_pass_by_value, reason = "napi hands values over")]
pub fn seccomp(env: Env, question: SeccompQuestion) -> Result<String> {
    match question {
        SeccompQuestion::Listing { profile } => filter::listing(&profile),
        SeccompQuestion::Verdict {
            profile,
            arch,
            number,
            args,
        } => verdict(&profile, arch, number, &args),
        SeccompQuestion::Calls { abi } => filter::calls(&abi),
    }
    .or_throw(&env)
}

fn verdict(profile: &str, arch: U32, number: U32, args: &[U64]) -> trunc_core::Result<String> {
    let args: Vec<u64> = args.iter().map(|arg| arg.0).collect();
    let call = Call {
        arch: arch.0,
        number: number.0,
        args: args
            .try_into()
            .map_err(|_| Error::text("a call has six arguments"))?,
    };
    filter::verdict(profile, &call)
}
