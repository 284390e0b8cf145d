//! Writes text to the process's own standard streams. Text arrives whole, or the error says where it stopped.

use napi::bindgen_prelude::{Error, Result};
use napi_derive::napi;
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, write as write_some};
use rustix::stdio::{stderr, stdout};

/// Writes all of `text` to standard output (1) or standard error (2).
#[napi]
pub fn write(#[napi(ts_arg_type = "1 | 2")] fd: f64, text: String) -> Result<()> {
    let stream = if fd == 2.0 { stderr() } else { stdout() };
    write_all(stream, text.as_bytes())
        .map_err(|errno| Error::from_reason(format!("write: {errno}")))
}

fn write_all(stream: BorrowedFd<'_>, mut bytes: &[u8]) -> std::result::Result<(), Errno> {
    while !bytes.is_empty() {
        match write_some(stream, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}
