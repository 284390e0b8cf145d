//! The init as a file that nobody can change: a sealed memfd, one for each launch (CVE-2019-5736; a file that somebody holds
//! open for writing can't be executed, so containers must not share one).

use rustix::fd::OwnedFd;
use rustix::fs::{MemfdFlags, Mode, SealFlags, fchmod, fcntl_add_seals, memfd_create};
use rustix::io::Errno;

use crate::error::{Call, Result};
use crate::io::write_all;

static INIT: &[u8] = include_bytes!(env!("TRUNC_INIT"));

/// Makes the memfd.
///
/// # Errors
/// What memfd_create(2) says: `EACCES` where `vm.memfd_noexec` is 2.
pub fn make() -> Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let memfd = match memfd_create("trunc-init", flags | MemfdFlags::EXEC) {
        // Linux before 6.3 does not know the flag.
        Err(Errno::INVAL) => memfd_create("trunc-init", flags),
        result => result,
    };
    let memfd = memfd.call("memfd_create", "")?;
    write_all(&memfd, INIT).call("write", "memfd")?;
    // Readable, or the exec in a user namespace leaves a process that may not open its own /proc files.
    fchmod(&memfd, Mode::from_raw_mode(0o755)).call("fchmod", "memfd")?;
    let seals = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
    fcntl_add_seals(&memfd, seals).call("fcntl", "memfd")?;
    Ok(memfd)
}
