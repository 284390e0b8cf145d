//! Entering a running container: all its namespaces by one setns(2) on the pidfd of a process in it.

use crate::control::Control;
use crate::failure::{During, Failure, failed};
use crate::namespaces::{OpFailure, clone_again};
use crate::ops::credentials;
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use rustix::thread::{ThreadNameSpaceType, move_into_thread_name_spaces};
use trunc_plan::message::{Command, Report};

const CLONE_NEWUSER: u64 = 0x1000_0000;

/// Moves into the cgroups and joins the namespaces that `command` names, then clones this process again if that is asked for:
/// then only the clone returns.
#[inline(never)] // buffers: walk.rs
pub fn enter(control: &mut Control, command: Command) -> Result<(), OpFailure> {
    let (mut fds, count) = control.take_fds();
    let pidfd = fds.first_mut().and_then(Option::take);
    for (index, tasks) in (0_u32..).zip(fds.iter_mut().take(count)) {
        if let Some(tasks) = tasks.take() {
            // 0 is the thread that writes.
            let moved = rustix::io::write(&tasks, b"0").during("write");
            moved.map_err(|failure| (Report::JOIN | index, failure))?;
        }
    }
    let joined = match pidfd {
        Some(pidfd) => join(&pidfd, command.value & 0xffff_ffff),
        None => failed("setns", Errno::BADF),
    };
    joined.map_err(|failure| (Report::JOIN, failure))?;
    if command.value & Command::CLONE_AGAIN == 0 {
        return Ok(());
    }
    clone_again(control, 0).map_err(|failure| (Report::NO_OP, failure))
}

/// From the moment it is inside, processes of the container must not be able to look into this one, which has descriptors
/// and rights of the host (CVE-2016-9962): only an execve(2) makes it dumpable again.
fn join(pidfd: &OwnedFd, namespaces: u64) -> Result<(), Failure> {
    trunc_sys::credentials::set_dumpable(false).during("prctl")?;
    let kinds = u32::try_from(namespaces).unwrap_or(0);
    move_into_thread_name_spaces(pidfd.as_fd(), ThreadNameSpaceType::from_bits_retain(kinds))
        .during("setns")?;
    if namespaces & CLONE_NEWUSER != 0 {
        credentials::become_full_root()?;
    }
    Ok(())
}
