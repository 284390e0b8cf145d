//! A lock file: one command at a time changes a container.

use rustix::fd::OwnedFd;
use rustix::fs::{FlockOperation, Mode, OFlags, flock, fstat, lstat, open};
use rustix::io::Errno;
use std::time::Duration;

use crate::error::{Call, Error, Result};
use crate::io::Deadline;

/// Holds the lock until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: OwnedFd,
}

/// Takes the lock, which is made if it is missing, waiting for at most `timeout_ms`; 0 waits for ever.
///
/// # Errors
/// What open(2) says; `EWOULDBLOCK` when somebody else holds it all the time.
pub fn lock(path: &str, timeout_ms: u32) -> Result<Lock> {
    let deadline = Deadline::after(timeout_ms);
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    loop {
        let file = open(path, flags, Mode::from_raw_mode(0o600)).call("open", path)?;
        wait_for(&file, path, deadline)?;
        // Whoever held it may have deleted the container meanwhile, and another of its name may be there.
        if is_at(&file, path) {
            return Ok(Lock { _file: file });
        }
    }
}

/// flock(2) has no timeout, and an alarm would be a signal to the whole process.
fn wait_for(file: &OwnedFd, path: &str, deadline: Deadline) -> Result<()> {
    let mut pause = Duration::from_millis(1);
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if !deadline.is_over() => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(20));
            }
            Err(errno) => return Err(Error::call("flock", errno, path)),
        }
    }
}

fn is_at(file: &OwnedFd, path: &str) -> bool {
    match (fstat(file), lstat(path)) {
        (Ok(held), Ok(there)) => (held.st_dev, held.st_ino) == (there.st_dev, there.st_ino),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::lock;
    use std::{env, fs, thread};

    #[test]
    fn a_lock_is_that_of_the_file_which_is_there() {
        let path = env::temp_dir().join(format!("trunc-lock-{}", std::process::id()));
        let path = path.to_string_lossy().into_owned();
        let first = lock(&path, 100).expect("free");
        assert!(lock(&path, 10).is_err(), "held");
        let waiting = thread::spawn({
            let path = path.clone();
            move || lock(&path, 5000)
        });
        // Deleted under the lock, as a container is: who waits gets the lock of the new file, not of the old one.
        fs::remove_file(&path).expect("removed");
        let second = lock(&path, 100).expect("another file");
        drop(first);
        assert!(lock(&path, 50).is_err(), "held by the second");
        drop(second);
        drop(waiting.join().expect("joined").expect("free again"));
        fs::remove_file(&path).expect("removed");
    }
}
