//! Gives TypeScript single variables of the caller's environment. The launcher itself reads none.

use std::env::var_os;

use rquickjs::{Ctx, Exception, Result};

/// The value of a variable, or undefined.
///
/// # Errors
/// The value is not UTF-8, so no JavaScript string can hold it.
pub fn lookup(ctx: Ctx<'_>, name: String) -> Result<Option<String>> {
    match var_os(&name).map(|value| value.into_string()) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(Exception::throw_message(
            &ctx,
            &format!("Cannot use environment variable {name}: its value is not UTF-8"),
        )),
    }
}
