//! The caller's terminal in raw mode, for as long as the container has it.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::stdio::stdin;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize};
use std::sync::Arc;

use crate::error::{Call, Result};

/// Puts the terminal back when it is dropped.
pub struct Terminal {
    before: Option<Termios>,
    master: Arc<OwnedFd>,
}

impl Terminal {
    /// Makes the terminal of standard input raw, if it is one: keys go to the container as they are, Ctrl-C too.
    pub fn make_raw(master: Arc<OwnedFd>) -> Result<Self> {
        // Anything but a terminal has no attributes.
        let before = tcgetattr(stdin()).ok();
        let terminal = Self { before, master };
        if let Some(before) = &terminal.before {
            let mut raw = before.clone();
            raw.make_raw();
            tcsetattr(stdin(), OptionalActions::Now, &raw)
                .call("ioctl", "raw mode of the terminal")?;
            terminal.resize();
        }
        Ok(terminal)
    }

    /// Gives the container's terminal the size of the caller's.
    pub fn resize(&self) {
        fit(self.master.as_fd());
    }
}

/// Gives a terminal the size of standard input's, if that is one.
pub fn fit(master: BorrowedFd<'_>) {
    if let Ok(size) = tcgetwinsize(stdin()) {
        let _kept = tcsetwinsize(master, size);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _gone = tcsetattr(stdin(), OptionalActions::Now, before);
        }
    }
}
