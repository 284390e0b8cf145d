//! Text without an allocator: buffers of a fixed size, numbers to and from digits.

use core::ffi::CStr;

/// A buffer for text that ends with a NUL byte; what does not fit is cut.
pub struct Buffer<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

/// Room for a path (`PATH_MAX`).
pub type PathBuffer = Buffer<4096>;

impl<const N: usize> Buffer<N> {
    /// Empty.
    pub const fn new() -> Self {
        Self {
            bytes: [0; N],
            length: 0,
        }
    }

    /// Forgets the text.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Keeps the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        if length < self.length {
            self.length = length;
            self.bytes[length] = 0;
        }
    }

    /// Adds bytes; false when they did not fit and were cut.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let room = N - 1 - self.length;
        let length = bytes.len().min(room);
        self.bytes[self.length..self.length + length].copy_from_slice(&bytes[..length]);
        self.length += length;
        self.bytes[self.length] = 0;
        length == bytes.len()
    }

    /// Adds a number in decimal.
    pub fn push_number(&mut self, number: u64) -> bool {
        let mut digits = [0; 20];
        self.push(decimal(number, &mut digits))
    }

    /// The bytes without the NUL byte.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The text; empty when a NUL byte was pushed at its start.
    pub fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }
}

/// A number in decimal, written into the end of `digits`.
pub fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            return &digits[at..];
        }
    }
}

/// Reads a number in decimal, or in octal with base 8.
pub fn parse_number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// Splits off what stands before the first `separator`.
pub fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == separator)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}
