//! The door to the seccomp compiler (native/seccomp).

use trunc_plan::init_ops::InitOp;

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
