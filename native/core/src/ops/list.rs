//! A list of operations outside a launch, as for a container that runs already.

use trunc_plan::host_ops::HostOp;

use super::run;
use crate::cgroup::made::Cgroups;
use crate::error::{Phase, Result};

/// Does them in their order, up to the first that fails.
///
/// # Errors
/// The call that failed, with the operation's index.
pub fn apply(ops: &[HostOp]) -> Result<()> {
    let mut cgroups = Cgroups::default();
    for (index, op) in ops.iter().enumerate() {
        run(op, &mut cgroups, None)
            .map_err(|error| error.at(Phase::Before, u32::try_from(index).ok()))?;
    }
    Ok(())
}
