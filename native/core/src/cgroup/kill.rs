//! Signals every process of a cgroup, however fast it forks.

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::collections::BTreeMap;

use super::{processes, write};
use crate::error::{Error, Result};

const SIGKILL: i32 = 9;
/// A fork bomb gets this many rounds.
const ROUNDS: usize = 1000;

/// Signals each process in the cgroup and below once, until none is new; one that is not there has none.
///
/// # Errors
/// What reading the cgroup says; `EINVAL` for a number that is no signal.
pub fn kill(root: &str, path: &str, signal: i32) -> Result<()> {
    // v2 since Linux 5.14: all at once, and against forks.
    if signal == SIGKILL && write(root, path, "cgroup.kill", "1").is_ok() {
        return Ok(());
    }
    let mut signalled = BTreeMap::new();
    for _ in 0..ROUNDS {
        let new: Vec<u32> = processes(root, path)?
            .into_iter()
            .filter(|pid| !signalled.contains_key(pid))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let opened: Vec<(u32, OwnedFd)> = new
            .into_iter()
            .filter_map(|pid| Some((pid, open(pid)?)))
            .collect();
        // Seen in the cgroup again, the process that the pidfd is of is in it, or gone.
        let still = processes(root, path)?;
        for (pid, pidfd) in opened {
            if still.binary_search(&pid).is_err() {
                continue;
            }
            match trunc_sys::signals::send(&pidfd, signal) {
                Ok(()) | Err(Errno::SRCH) => {}
                Err(errno) => {
                    return Err(Error::call(
                        "pidfd_send_signal",
                        errno,
                        format!("signal {signal} to process {pid}"),
                    ));
                }
            }
            // Held open, so that its pid is not taken for a new process.
            signalled.insert(pid, pidfd);
        }
    }
    Err(Error::text(format!(
        "the processes in {} fork faster than they can be killed",
        super::full_path(root, path, "")?
    )))
}

fn open(pid: u32) -> Option<OwnedFd> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    pidfd_open(pid, PidfdFlags::empty()).ok()
}
