//! Writes text to the process's own standard streams. Text arrives whole, or the error says what stopped it.

use napi::Env;
use napi::bindgen_prelude::Result;
use napi_derive::napi;
use rustix::stdio::{stderr, stdout};
use trunc_core::Error;
use trunc_core::io::write_all;

use crate::failure::OrThrow;

/// Writes all of `text` to standard output (1) or standard error (2).
#[napi]
pub fn write(env: Env, #[napi(ts_arg_type = "1 | 2")] fd: f64, text: String) -> Result<()> {
    let (stream, name) = if fd == 2.0 {
        (stderr(), "standard error")
    } else {
        (stdout(), "standard output")
    };
    write_all(stream, text.as_bytes())
        .map_err(|errno| Error::call("write", errno, name))
        .or_throw(&env)
}
