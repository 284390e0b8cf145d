//! The one error of this crate: which call failed, with which errno, and what else is known.

use rustix::io::Errno;
use std::borrow::Cow;

/// The list of the plan in which a step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// `plan.before`
    Before,
    /// `plan.fds`
    Fds,
    /// The clone and the exec of the init.
    Clone,
    /// `plan.sandbox.joins`
    Join,
    /// `plan.after`
    After,
    /// `plan.meanwhile`
    Meanwhile,
    /// `plan.init`
    Init,
}

impl Phase {
    /// The phase's name in errors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Fds => "fds",
            Self::Clone => "clone",
            Self::Join => "join",
            Self::After => "after",
            Self::Meanwhile => "meanwhile",
            Self::Init => "init",
        }
    }
}

/// Why something could not be done.
#[derive(Clone, Debug)]
pub struct Error {
    /// The failed call, as `openat2`; empty where no call failed.
    pub call: Cow<'static, str>,
    /// Its errno; `None` where no call failed.
    pub errno: Option<Errno>,
    /// What else is known: a path, a hint; perhaps empty.
    pub text: String,
    /// Where in a plan.
    pub phase: Option<Phase>,
    /// Index in that list of the plan.
    pub op: Option<u32>,
}

/// What functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failed call.
    #[must_use]
    pub fn call(call: impl Into<Cow<'static, str>>, errno: Errno, text: impl Into<String>) -> Self {
        Self {
            call: call.into(),
            errno: Some(errno),
            text: text.into(),
            phase: None,
            op: None,
        }
    }

    /// Something wrong that no call reported.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            call: Cow::Borrowed(""),
            errno: None,
            text: text.into(),
            phase: None,
            op: None,
        }
    }

    /// The same error with its place in the plan, unless it knows that already, as what the init reported does.
    #[must_use]
    pub const fn at(mut self, phase: Phase, op: Option<u32>) -> Self {
        if self.phase.is_none() {
            self.phase = Some(phase);
            self.op = op;
        }
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(errno) = self.errno else {
            return out.write_str(&self.text);
        };
        write!(out, "{}", self.call)?;
        if !self.text.is_empty() {
            write!(out, " {}", self.text)?;
        }
        write!(out, ": {}", crate::errno::text(errno))
    }
}

impl std::error::Error for Error {}

/// Turns an errno into an [`Error`].
pub trait Call<T> {
    /// Names the call that failed, and what it was about.
    ///
    /// # Errors
    /// The same failure, named.
    fn call(self, call: &'static str, text: impl std::fmt::Display) -> Result<T>;
}

impl<T> Call<T> for std::result::Result<T, Errno> {
    fn call(self, call: &'static str, text: impl std::fmt::Display) -> Result<T> {
        self.map_err(|errno| Error::call(call, errno, text.to_string()))
    }
}
