//! A process that does nothing but own a new user namespace, for as long as somebody needs its id maps.

use core::mem::MaybeUninit;
use linux_raw_sys::general::{__NR_prctl, CLONE_CLEAR_SIGHAND};
use linux_raw_sys::prctl::PR_SET_PDEATHSIG;
use rustix::io::Errno;

use crate::clone_shared::clone_on;
use crate::raw::syscall;
use crate::signals;

/// Runs `with` while a process lives that does nothing but own a new user namespace; `with` gets its pid.
///
/// # Errors
/// What clone3(2) says: `EPERM`, `ENOSPC` (a limit of user namespaces), `EAGAIN`.
pub fn with_user_namespace<T>(
    stack: &mut [MaybeUninit<u8>],
    namespace: u64,
    with: impl FnOnce(u32) -> T,
) -> Result<T, Errno> {
    // SAFETY: `hold` makes system calls only; the stack is borrowed until the child was reaped below.
    let (pid, pidfd) = unsafe { clone_on(stack, namespace | CLONE_CLEAR_SIGHAND, None, hold, 0) }?;
    let result = with(pid);
    signals::send(&pidfd, signals::KILL)?;
    signals::reap(&pidfd);
    Ok(result)
}

extern "C" fn hold(_: usize) -> ! {
    let kill = usize::try_from(signals::KILL).unwrap_or(9);
    // SAFETY: integers only.
    let _ignored = unsafe { syscall(__NR_prctl, [PR_SET_PDEATHSIG as usize, kill, 0, 0, 0, 0]) };
    loop {
        signals::pause();
    }
}
