//! The fifos of `start`.

use rustix::fd::OwnedFd;
use rustix::fs::{FileType, Mode, OFlags, fstat, mknodat, openat};
use rustix::io::Errno;

use crate::beneath::open_parent;
use crate::error::{Call, Error, Result};

/// Makes a fifo and opens it for both directions, which waits for nobody.
pub fn make(path: &str) -> Result<OwnedFd> {
    let (dir, name) = open_parent(path)?;
    mknodat(&dir, name, FileType::Fifo, Mode::from_raw_mode(0o600), 0).call("mknodat", path)?;
    let fifo = openat(
        &dir,
        name,
        OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .call("openat", path)?;
    let kind = FileType::from_raw_mode(fstat(&fifo).call("fstat", path)?.st_mode);
    if kind != FileType::Fifo {
        return Err(Error::call(
            "openat",
            Errno::INVAL,
            format!("{path} is no fifo"),
        ));
    }
    Ok(fifo)
}
