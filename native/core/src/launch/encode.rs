//! The plan as bytes in a memfd, for the init to map.

use rustix::fd::OwnedFd;
use rustix::fs::{MemfdFlags, memfd_create};
use trunc_plan::host_ops::Plan;
use trunc_plan::wire::Encoder;

use crate::error::{Call, Error, Phase, Result};
use crate::io::write_all;

/// The plan's bytes in a memfd, and their length.
pub fn encode(plan: &Plan, flags: u32) -> Result<(OwnedFd, u64)> {
    let mut encoder = Encoder::new(flags);
    for (index, op) in (0_u32..).zip(&plan.init) {
        let fail =
            |_| Error::text("a text holds a NUL byte or is too long").at(Phase::Init, Some(index));
        op.encode(&mut encoder).map_err(fail)?;
    }
    let bytes = encoder.finish();
    let memfd = memfd_create("trunc-plan", MemfdFlags::CLOEXEC).call("memfd_create", "")?;
    write_all(&memfd, &bytes).call("write", "memfd")?;
    Ok((memfd, bytes.len() as u64))
}
