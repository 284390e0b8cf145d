//! A plan as bytes, and how the init reads it: in place, without allocating, every length checked.
//!
//! A plan is a [`HEADER`]-byte head (magic, flags, operation count) and the operations one after the other: `u16` code, `u16`
//! zero, `u32` length of the fields, the fields. All integers are little endian. Text ends with a NUL byte, which is
//! not part of its length, so that the init can hand it to the kernel where it lies.

mod decode;
#[cfg(feature = "host")]
mod encode;
#[cfg(all(test, feature = "host"))]
pub(crate) mod fuzz;
mod lists;

pub use decode::{Decode, Reader};
#[cfg(feature = "host")]
pub use encode::{EncodeError, Encoder, Field};
pub use lists::{TextList, U32List};

use crate::init_ops::view::InitOp;

/// First word of every plan: a plan of another version is refused.
pub const MAGIC: u32 = u32::from_le_bytes(*b"TRP1");
/// Length of the plan's head in bytes.
pub const HEADER: usize = 12;
/// Flag in the plan's head: the init notes when each operation ended, in the trace descriptor (the last one sent).
pub const FLAG_TRACE: u32 = 1;

/// The borrowed field types, by the names that the list of operations uses.
pub mod view {
    use core::ffi::CStr;

    /// Text, NUL-terminated in place.
    pub type Text<'a> = &'a CStr;
    /// An unsigned 32-bit integer.
    pub type U32<'a> = u32;
    /// A signed 32-bit integer.
    pub type I32<'a> = i32;
    /// An unsigned 64-bit integer.
    pub type U64<'a> = u64;
    /// True or false.
    pub type Flag<'a> = bool;
    /// Bytes.
    pub type Bytes<'a> = &'a [u8];
    /// A list of texts.
    pub type Texts<'a> = super::TextList<'a>;
    /// A list of unsigned 32-bit integers.
    pub type U32s<'a> = super::U32List<'a>;
}

/// A plan's bytes with a checked head.
#[derive(Clone, Copy)]
pub struct PlanView<'a> {
    /// [`FLAG_TRACE`] or 0.
    pub flags: u32,
    /// How many operations the head says there are.
    pub count: u32,
    ops: &'a [u8],
}

impl<'a> PlanView<'a> {
    /// Checks the head; `None` for bytes that are no plan of this version.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.word()? != MAGIC {
            return None;
        }
        let flags = reader.word()?;
        let count = reader.word()?;
        Some(Self {
            flags,
            count,
            ops: reader.rest,
        })
    }

    /// The operations in order; an item is `None` where the bytes are malformed, and the walk ends there.
    pub fn ops(&self) -> impl Iterator<Item = Option<InitOp<'a>>> + use<'a> {
        let mut reader = Reader::new(self.ops);
        let mut broken = false;
        core::iter::from_fn(move || {
            if reader.is_done() || broken {
                return None;
            }
            let op = next_op(&mut reader);
            broken = op.is_none();
            Some(op)
        })
    }
}

fn next_op<'a>(reader: &mut Reader<'a>) -> Option<InitOp<'a>> {
    let code = reader.word()?;
    let fields = reader.block()?;
    InitOp::decode(u16::try_from(code).ok()?, fields)
}
