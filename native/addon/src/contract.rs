//! Exports for the contract test alone: each kind of value that the real exports use crosses once
//! in each direction, so that a difference between Node and QuickJS shows here first.

use napi::bindgen_prelude::{BigInt, Error, Null, Result, Uint8Array};
use napi::{Either, Env, JsValue};
use napi_derive::napi;

/// A tagged union as the plan's operations are.
#[napi(discriminant = "op", discriminant_case = "camelCase")]
pub enum Step {
    /// Text, a list of pairs, an optional member.
    MountFs {
        at: String,
        attrs: f64,
        params: Vec<Vec<String>>,
        data: Option<String>,
    },
    /// Numbers beyond 2^53 and a nested object.
    Limits {
        at: String,
        soft: BigInt,
        hard: BigInt,
        nested: Option<Nested>,
    },
    /// Bytes.
    Load { at: String, code: Uint8Array },
}

/// An object in an object.
#[napi(object)]
pub struct Nested {
    /// A list of numbers.
    pub ids: Vec<f64>,
    /// A flag.
    pub strict: bool,
}

#[napi]
pub fn echo_text(text: String) -> String {
    text
}

#[napi]
pub fn echo_texts(texts: Vec<String>) -> Vec<String> {
    texts
}

#[napi]
pub fn echo_number(number: f64) -> f64 {
    number
}

#[napi]
pub fn echo_bool(flag: bool) -> bool {
    flag
}

#[napi]
pub fn echo_bytes(bytes: Uint8Array) -> Uint8Array {
    bytes
}

/// The sum of a view's bytes: a part of a larger buffer must arrive as that part.
#[napi]
pub fn sum_bytes(bytes: &[u8]) -> f64 {
    bytes.iter().map(|byte| f64::from(*byte)).sum()
}

/// An unsigned 64-bit number, exactly; everything else is refused.
#[napi]
pub fn echo_u64(number: BigInt) -> Result<BigInt> {
    match number.get_u64() {
        (false, value, true) => Ok(BigInt::from(value)),
        _ => Err(Error::from_reason("not an unsigned 64-bit integer")),
    }
}

/// `undefined` and `null` as an argument are both absent; absence comes back as null.
#[napi]
pub fn echo_option(text: Option<String>) -> Option<String> {
    text
}

#[napi]
pub fn text_or_null(text: Option<String>) -> Either<String, Null> {
    text.map_or(Either::B(Null), Either::A)
}

#[napi]
pub fn echo_steps(steps: Vec<Step>) -> Vec<Step> {
    steps
}

/// Throws an error with fields of its own, as a failed system call does.
#[napi]
pub fn fail(env: Env, errno: f64) -> Result<()> {
    let mut error = env.create_error(Error::from_reason("fsmount: EPERM"))?;
    error.set("code", "ERR_SYSCALL")?;
    error.set("errno", errno)?;
    error.set("call", "fsmount")?;
    Err(Error::from(error.to_unknown()))
}

/// A defect in Rust: the launcher must say so in one line.
#[napi]
pub fn crash(why: String) {
    panic!("{why}");
}

/// Holds something that has to be closed.
#[napi]
pub struct Handle {
    open: Option<String>,
}

#[napi]
impl Handle {
    #[napi(constructor)]
    pub fn new(name: String) -> Self {
        Self { open: Some(name) }
    }

    #[napi]
    pub fn name(&self) -> Result<String> {
        self.open
            .clone()
            .ok_or_else(|| Error::from_reason("closed"))
    }

    /// Closing twice is allowed.
    #[napi]
    pub fn close(&mut self) {
        self.open = None;
    }
}

/// A class instance that Rust makes.
#[napi]
pub fn open_handle(name: String) -> Handle {
    Handle::new(name)
}
