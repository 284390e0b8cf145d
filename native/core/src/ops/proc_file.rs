//! Writes a file of the init's directory in /proc.

use rustix::fs::OFlags;

use super::Target;
use crate::beneath::open_beneath;
use crate::error::{Call, Result};
use crate::io::write_all;

/// One write(2): id maps can't be written in pieces.
pub fn write(target: &mut Target, file: &str, text: &str) -> Result<()> {
    let place = format!("/proc/{}/{file}", target.pid);
    let opened = open_beneath(target.proc_dir()?, file, OFlags::WRONLY).call("openat2", &place)?;
    write_all(&opened, text.as_bytes()).call("write", format!("{place} ({})", text.trim_end()))
}
