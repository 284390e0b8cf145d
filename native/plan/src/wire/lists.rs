//! Lists as they lie in a plan's bytes.

use core::ffi::CStr;

/// A list of NUL-terminated texts, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct TextList<'a> {
    pub(super) count: usize,
    pub(super) bytes: &'a [u8],
}

impl<'a> TextList<'a> {
    /// How many texts the list has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether the list is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a CStr> + use<'a> {
        let mut rest = self.bytes;
        core::iter::from_fn(move || {
            let text = CStr::from_bytes_until_nul(rest).ok()?;
            rest = rest.get(text.count_bytes() + 1..)?;
            Some(text)
        })
    }
}

/// A list of little-endian 32-bit integers.
#[derive(Clone, Copy, Debug)]
pub struct U32List<'a>(pub(super) &'a [u8]);

impl<'a> U32List<'a> {
    /// How many integers the list has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len() / 4
    }

    /// Whether the list is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The integers as they lie in the plan, which is the order of x86-64.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The integers in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.0
            .chunks_exact(4)
            .map(|chunk| u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
    }
}
