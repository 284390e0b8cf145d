//! The core's error as a JavaScript Error with fields of its own.

use napi::{Env, Error, JsValue, Result};
use trunc_core::errno;

/// Throws the core's error.
pub trait OrThrow<T> {
    /// The value, or an Error with the fields `code`, `errno`, `errnoName`, `strerror`, `call`, `text` and, from a
    /// launch, `phase` and `op`.
    fn or_throw(self, env: &Env) -> Result<T>;
}

impl<T> OrThrow<T> for trunc_core::Result<T> {
    fn or_throw(self, env: &Env) -> Result<T> {
        self.map_err(|error| convert(env, &error).unwrap_or_else(|unconverted| unconverted))
    }
}

fn convert(env: &Env, error: &trunc_core::Error) -> Result<Error> {
    let mut thrown = env.create_error(Error::from_reason(error.to_string()))?;
    thrown.set("code", "ERR_SYSCALL")?;
    thrown.set(
        "errno",
        error.errno.map_or(0, |number| number.raw_os_error()),
    )?;
    thrown.set(
        "errnoName",
        error.errno.map_or_else(String::new, errno::name),
    )?;
    thrown.set(
        "strerror",
        error.errno.map_or_else(String::new, errno::text),
    )?;
    thrown.set("call", &*error.call)?;
    thrown.set("text", &*error.text)?;
    if let Some(phase) = error.phase {
        thrown.set("phase", phase.name())?;
    }
    if let Some(op) = error.op {
        thrown.set("op", op)?;
    }
    Ok(Error::from(thrown.to_unknown()))
}
