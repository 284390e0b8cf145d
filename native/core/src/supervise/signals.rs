//! The signals that a foreground command passes on to its container.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::read;

use crate::error::{Call, Result};

/// Never blocked: they can't be, they are this process's own faults, or they are about its own writes (SIGPIPE, 13) and
/// sockets (SIGURG, 23, which the Go runtimes of engines send to themselves).
const OWN: [u32; 10] = [4, 5, 6, 7, 8, 9, 11, 13, 19, 23];

const SIGCHLD: u32 = 17;

/// Signals that wait in a descriptor instead of acting on this process.
pub struct HeldSignals {
    fd: OwnedFd,
    mask_before: u64,
}

impl HeldSignals {
    /// All that can be passed on, or `SIGCHLD` alone, which says that an orphan has to be reaped.
    pub(super) fn hold(all: bool) -> Result<Self> {
        let passed_on = OWN
            .iter()
            .fold(u64::MAX, |mask, signal| mask & !(1 << (signal - 1)));
        let held = if all { passed_on } else { 1 << (SIGCHLD - 1) };
        let fd = trunc_sys::signals::signalfd(held).call("signalfd4", "")?;
        let mask_before = trunc_sys::signals::set_mask(held).call("rt_sigprocmask", "")?;
        Ok(Self { fd, mask_before })
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// Takes those that came.
    pub(super) fn each(&self, mut act: impl FnMut(i32)) {
        // struct signalfd_siginfo: 128 bytes, the number in the first four.
        let mut bytes = [0; 128];
        while read(&self.fd, &mut bytes) == Ok(bytes.len()) {
            act(i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        }
    }
}

impl Drop for HeldSignals {
    fn drop(&mut self) {
        let _mask = trunc_sys::signals::set_mask(self.mask_before);
    }
}
