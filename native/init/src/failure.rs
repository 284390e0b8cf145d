//! What an operation failed with: the call and the errno. What else is known goes into the control channel's note.

use rustix::io::Errno;

/// A failed call.
#[derive(Clone, Copy)]
pub struct Failure {
    /// Name of the call, as its man page has it.
    pub call: &'static str,
    /// Why.
    pub errno: Errno,
}

/// Names the call that a result came from.
pub trait During<T> {
    /// The same result, with the call's name in the error.
    fn during(self, call: &'static str) -> Result<T, Failure>;
}

impl<T> During<T> for Result<T, Errno> {
    fn during(self, call: &'static str) -> Result<T, Failure> {
        self.map_err(|errno| Failure { call, errno })
    }
}

/// A failure that no system call returned.
pub const fn failed<T>(call: &'static str, errno: Errno) -> Result<T, Failure> {
    Err(Failure { call, errno })
}
