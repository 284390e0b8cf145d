//! The owned field types of operations, and how each crosses N-API: integers are checked, never wrapped.

/// A UTF-8 string without NUL bytes.
pub type Text = String;
/// A list of [`Text`].
pub type Texts = Vec<String>;
/// A claim that is true or false.
pub type Flag = bool;

/// An unsigned 32-bit integer; a JavaScript number, refused when it is not an integer in range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct U32(pub u32);

/// A signed 32-bit integer; a JavaScript number, refused when it is not an integer in range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct I32(pub i32);

/// An unsigned 64-bit integer; a JavaScript BigInt, or a number that is a safe integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct U64(pub u64);

/// A list of [`U32`].
pub type U32s = Vec<U32>;

/// Bytes; a `Uint8Array`, copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

#[cfg(feature = "napi")]
mod napi_values {
    use super::{Bytes, I32, U32, U64};
    use napi::bindgen_prelude::{
        BigInt, FromNapiValue, ToNapiValue, Uint8Array, ValidateNapiValue,
    };
    use napi::bindgen_prelude::{TypeName, ValueType, type_of};
    use napi::{Error, Result, Status, sys};

    /// 2^53 - 1: the largest integer below which every integer is a double.
    const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

    fn integer(env: sys::napi_env, value: sys::napi_value, min: f64, max: f64) -> Result<f64> {
        // SAFETY: napi-rs hands a live env and a value of it to every conversion.
        let number = unsafe { f64::from_napi_value(env, value) }?;
        if number.fract() == 0.0 && number >= min && number <= max {
            return Ok(number);
        }
        Err(Error::new(
            Status::InvalidArg,
            format!("{number} is not an integer from {min} to {max}"),
        ))
    }

    impl FromNapiValue for U32 {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was checked"
        )]
        unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
            integer(env, value, 0.0, f64::from(u32::MAX)).map(|number| Self(number as u32))
        }
    }

    impl FromNapiValue for I32 {
        #[allow(clippy::cast_possible_truncation, reason = "the range was checked")]
        unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
            integer(env, value, f64::from(i32::MIN), f64::from(i32::MAX))
                .map(|number| Self(number as i32))
        }
    }

    impl FromNapiValue for U64 {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was checked"
        )]
        unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
            if type_of!(env, value)? == ValueType::BigInt {
                // SAFETY: the value was just seen to be a BigInt of this env.
                let (negative, number, lossless) =
                    unsafe { BigInt::from_napi_value(env, value) }?.get_u64();
                if lossless && (!negative || number == 0) {
                    return Ok(Self(number));
                }
                return Err(Error::new(
                    Status::InvalidArg,
                    "a BigInt is not in the range of 64 unsigned bits",
                ));
            }
            integer(env, value, 0.0, MAX_SAFE_INTEGER).map(|number| Self(number as u64))
        }
    }

    impl FromNapiValue for Bytes {
        unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
            // SAFETY: napi-rs hands a live env and a value of it to every conversion.
            let array = unsafe { Uint8Array::from_napi_value(env, value) }?;
            Ok(Self(array.to_vec()))
        }
    }

    macro_rules! type_names {
        ($($name:ident $kind:ident),*) => {$(
            impl TypeName for $name {
                fn type_name() -> &'static str { stringify!($name) }
                fn value_type() -> ValueType { ValueType::$kind }
            }
            impl ValidateNapiValue for $name {}
        )*};
    }
    type_names!(U32 Number, I32 Number, U64 BigInt, Bytes Object);

    // The generated code of an enum converts both ways; only the way in is used by the contract.
    impl ToNapiValue for U32 {
        unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
            // SAFETY: napi-rs hands a live env to every conversion.
            unsafe { u32::to_napi_value(env, value.0) }
        }
    }
    impl ToNapiValue for I32 {
        unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
            // SAFETY: napi-rs hands a live env to every conversion.
            unsafe { i32::to_napi_value(env, value.0) }
        }
    }
    impl ToNapiValue for U64 {
        unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
            // SAFETY: napi-rs hands a live env to every conversion.
            unsafe { BigInt::to_napi_value(env, BigInt::from(value.0)) }
        }
    }
    impl ToNapiValue for Bytes {
        unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
            // SAFETY: napi-rs hands a live env to every conversion.
            unsafe { Uint8Array::to_napi_value(env, Uint8Array::from(value.0)) }
        }
    }
}
