//! The descriptors that the caller passes on to the container (`--preserve-fds`): each must be there.

use rustix::io::Errno;
use std::fs::read_to_string;

use crate::error::{Error, Result};

const O_CLOEXEC: u32 = 0o2_000_000;

/// Checks descriptors 3 to 2 + `count`. One that would be closed by exec did not come from the caller: it is ours.
pub fn check(count: u32) -> Result<()> {
    (3..3_u32.saturating_add(count)).try_for_each(|number| {
        let info = read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
        match flags {
            Some(flags) if flags & O_CLOEXEC == 0 => Ok(()),
            _ => Err(Error::call(
                "fcntl",
                Errno::BADF,
                format!("descriptor {number}, which is to be preserved, is not open"),
            )),
        }
    })
}
