//! Bytes -> borrowed fields, in the init.

use super::{TextList, U32List};
use core::ffi::CStr;

/// Reads fields from bytes; every read is checked.
pub struct Reader<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything has been read.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next field; `None` when the bytes end early or are malformed.
    pub fn read<T: Decode<'a>>(&mut self) -> Option<T> {
        T::decode(self)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn word(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    pub(super) fn block(&mut self) -> Option<&'a [u8]> {
        let length = self.word()?;
        self.take(length as usize)
    }
}

/// A borrowed field.
pub trait Decode<'a>: Sized {
    /// Reads one field; `None` when it is malformed.
    fn decode(reader: &mut Reader<'a>) -> Option<Self>;
}

impl<'a> Decode<'a> for u32 {
    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        reader.word()
    }
}

impl<'a> Decode<'a> for i32 {
    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        reader.word().map(u32::cast_signed)
    }
}

impl<'a> Decode<'a> for u64 {
    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        reader.take(8)?.try_into().ok().map(Self::from_le_bytes)
    }
}

impl<'a> Decode<'a> for bool {
    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        match reader.word()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<'a> Decode<'a> for &'a [u8] {
    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        reader.block()
    }
}

impl<'a> Decode<'a> for &'a CStr {
    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        CStr::from_bytes_with_nul(reader.block()?).ok()
    }
}

impl<'a> Decode<'a> for TextList<'a> {
    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        let count = reader.word()? as usize;
        let bytes = reader.block()?;
        let list = Self { count, bytes };
        (list.iter().count() == count).then_some(list)
    }
}

impl<'a> Decode<'a> for U32List<'a> {
    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        reader
            .block()
            .filter(|bytes| bytes.len().is_multiple_of(4))
            .map(Self)
    }
}
