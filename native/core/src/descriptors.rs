//! Descriptors that crossed to TypeScript as numbers: a number that was not handed out, or was closed, is refused.

use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Call, Error, Result};

static HANDED_OUT: Mutex<BTreeMap<i32, Arc<OwnedFd>>> = Mutex::new(BTreeMap::new());

/// Keeps a descriptor under its number until [`close`].
pub fn hand_out(fd: OwnedFd) -> i32 {
    let number = fd.as_raw_fd();
    HANDED_OUT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(number, Arc::new(fd));
    number
}

/// Hands out a copy of a descriptor.
///
/// # Errors
/// `EMFILE`.
pub fn hand_out_copy(fd: impl AsFd) -> Result<i32> {
    Ok(hand_out(fcntl_dupfd_cloexec(fd, 3).call("fcntl", "")?))
}

/// The descriptor of this number.
///
/// # Errors
/// `EBADF` when it was not handed out or is closed.
pub fn get(number: i32) -> Result<Arc<OwnedFd>> {
    let known = HANDED_OUT.lock().unwrap_or_else(PoisonError::into_inner);
    known
        .get(&number)
        .cloned()
        .ok_or_else(|| Error::call("fcntl", Errno::BADF, format!("descriptor {number}")))
}

/// Closes a descriptor; one that is closed already is no error.
pub fn close(number: i32) {
    HANDED_OUT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&number);
}
