//! Owned operations -> bytes, on the host side.

use super::{HEADER, MAGIC};
use crate::values::{Bytes, I32, U32, U64};

/// Why a plan can't be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// A text holds a NUL byte.
    Nul,
    /// A field or the plan is over 4 GiB.
    TooLong,
}

/// Writes a plan.
pub struct Encoder {
    bytes: Vec<u8>,
    length_at: usize,
    count: u32,
}

impl Encoder {
    /// A plan without operations; `flags` as in the head.
    #[must_use]
    pub fn new(flags: u32) -> Self {
        let mut bytes = Vec::with_capacity(16 * 1024);
        bytes.extend(MAGIC.to_le_bytes());
        bytes.extend(flags.to_le_bytes());
        bytes.extend([0; HEADER - 8]);
        Self {
            bytes,
            length_at: 0,
            count: 0,
        }
    }

    /// The plan's bytes.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes[8..HEADER].copy_from_slice(&self.count.to_le_bytes());
        self.bytes
    }

    pub(crate) fn begin(&mut self, code: u16) {
        self.word(u32::from(code));
        self.length_at = self.bytes.len();
        self.word(0);
    }

    pub(crate) fn end(&mut self) -> Result<(), EncodeError> {
        let length = self.bytes.len() - self.length_at - 4;
        let length = u32::try_from(length).map_err(|_| EncodeError::TooLong)?;
        self.bytes[self.length_at..self.length_at + 4].copy_from_slice(&length.to_le_bytes());
        self.count += 1;
        Ok(())
    }

    fn word(&mut self, word: u32) {
        self.bytes.extend(word.to_le_bytes());
    }

    fn length(&mut self, length: usize) -> Result<(), EncodeError> {
        self.word(u32::try_from(length).map_err(|_| EncodeError::TooLong)?);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), EncodeError> {
        if text.as_bytes().contains(&0) {
            return Err(EncodeError::Nul);
        }
        self.bytes.extend(text.as_bytes());
        self.bytes.push(0);
        Ok(())
    }
}

/// An owned field.
pub trait Field {
    /// Appends the field.
    ///
    /// # Errors
    /// When a text holds a NUL byte or the field is over 4 GiB.
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError>;
}

impl Field for U32 {
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.word(self.0);
        Ok(())
    }
}

impl Field for I32 {
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.word(self.0.cast_unsigned());
        Ok(())
    }
}

impl Field for U64 {
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.bytes.extend(self.0.to_le_bytes());
        Ok(())
    }
}

impl Field for bool {
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.word(u32::from(*self));
        Ok(())
    }
}

impl Field for Bytes {
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.0.len())?;
        out.bytes.extend(&self.0);
        Ok(())
    }
}

impl Field for String {
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.len() + 1)?;
        out.text(self)
    }
}

impl Field for Vec<String> {
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.len())?;
        out.length(self.iter().map(|text| text.len() + 1).sum())?;
        self.iter().try_for_each(|text| out.text(text))
    }
}

impl Field for Vec<U32> {
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.len() * 4)?;
        self.iter().for_each(|number| out.word(number.0));
        Ok(())
    }
}
