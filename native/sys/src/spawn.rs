//! clone3(2), the vfork-like kind: the child shares the memory until it has executed another program. It is safe in a
//! process with threads and costs nothing per page, because the child makes plain system calls only, on a stack of its own.

use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use linux_raw_sys::general::{
    __NR_chdir, __NR_dup3, __NR_execveat, __NR_exit, __NR_fcntl, __NR_setpgid, AT_EMPTY_PATH,
    AT_FDCWD, CLONE_CLEAR_SIGHAND, CLONE_VFORK, F_SETFD,
};
use rustix::fd::{AsRawFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;

use crate::clone_shared::clone_on;
use crate::credentials::{CapabilitySets, LAST_CAPABILITY, raise_ambient, set_capabilities};
use crate::descriptors::close_on_exec_from;
use crate::process::{Disposition, PointerList, set_disposition};
use crate::raw::syscall;
use crate::signals;

/// What the child executes.
#[derive(Clone, Copy)]
pub enum Program<'a> {
    /// The file of this descriptor, as a memfd.
    Descriptor(BorrowedFd<'a>),
    /// The file at this absolute path.
    Path(&'a CStr),
}

/// A child to make.
pub struct Spawn<'a> {
    /// `CLONE_NEW*` bits.
    pub namespaces: u64,
    /// The v2 cgroup to clone into.
    pub cgroup: Option<BorrowedFd<'a>>,
    /// What to execute.
    pub program: Program<'a>,
    /// Descriptors to put at a number. Every source must be numbered `keep` or higher.
    pub descriptors: &'a [(BorrowedFd<'a>, u32)],
    /// Descriptors from this number on are marked close-on-exec.
    pub keep: u32,
    /// Signals that this process ignores, bit `n - 1` for signal `n`: the child sets them to their default.
    pub ignored_signals: u64,
    /// The working directory; `None` keeps the one of this process.
    pub directory: Option<&'a CStr>,
    /// Makes the child the leader of a process group of its own.
    pub own_group: bool,
    /// Raises all capabilities to inheritable and ambient, so that they survive the exec in a user namespace without maps.
    pub ambient: bool,
}

/// Why there is no child: the failed call. `clone3` failed in this process, all others in the child.
#[derive(Clone, Copy, Debug)]
pub struct SpawnError {
    /// The failed call.
    pub call: &'static str,
    /// Its errno.
    pub errno: Errno,
}

/// The calls of the child, in order; the index is what a failure is told by.
const CALLS: [&str; 8] = [
    "clone3",
    "rt_sigaction",
    "rt_sigprocmask",
    "setpgid",
    "chdir",
    "dup3",
    "close_range",
    "capset",
];
const EXEC: u32 = 8;

struct Child<'a> {
    spawn: &'a Spawn<'a>,
    args: usize,
    env: usize,
    failed_call: AtomicU32,
    errno: AtomicI32,
}

/// Clones a child that executes a program; returns when it has, with the child's pid and pidfd.
///
/// # Errors
/// The first call that failed, here or in the child, which is gone then.
pub fn spawn(
    stack: &mut [MaybeUninit<u8>],
    spawn: &Spawn<'_>,
    mut args: PointerList<'_>,
    mut env: PointerList<'_>,
) -> Result<(u32, OwnedFd), SpawnError> {
    let child = Child {
        spawn,
        args: args.terminated().addr(),
        env: env.terminated().addr(),
        failed_call: AtomicU32::new(0),
        errno: AtomicI32::new(0),
    };
    let fail = |errno| SpawnError {
        call: CALLS[0],
        errno,
    };

    // A handler of this process must not run in the child, on memory that both share.
    let mask = signals::set_mask(u64::MAX).map_err(fail)?;
    // SAFETY: this process waits (CLONE_VFORK) while the child runs `run`, which makes system calls only and never returns.
    let cloned = unsafe {
        let flags = spawn.namespaces | u64::from(CLONE_VFORK) | CLONE_CLEAR_SIGHAND;
        clone_on(
            stack,
            flags,
            spawn.cgroup,
            run,
            (&raw const child).expose_provenance(),
        )
    };
    let restored = signals::set_mask(mask);
    let (pid, pidfd) = cloned.map_err(fail)?;
    restored.map_err(fail)?;

    let errno = child.errno.load(Ordering::Acquire);
    if errno == 0 {
        return Ok((pid, pidfd));
    }
    signals::reap(&pidfd);
    let failed = child.failed_call.load(Ordering::Acquire);
    let exec = if matches!(spawn.program, Program::Path(_)) {
        "execve"
    } else {
        "execveat"
    };
    let call = CALLS.get(failed as usize).copied().unwrap_or(exec);
    Err(SpawnError {
        call,
        errno: Errno::from_raw_os_error(errno),
    })
}

extern "C" fn run(child: usize) -> ! {
    // SAFETY: `spawn` passes its Child, which lives until this process has executed or exited.
    let child = unsafe { &*core::ptr::with_exposed_provenance::<Child<'_>>(child) };
    let (failed_call, errno) = child_steps(child);
    child.failed_call.store(failed_call, Ordering::Release);
    child.errno.store(errno.raw_os_error(), Ordering::Release);
    exit_thread(127)
}

/// Returns only the call that failed.
fn child_steps(child: &Child<'_>) -> (u32, Errno) {
    match prepare(child.spawn) {
        Err(failure) => failure,
        Ok(()) => (EXEC, execute(child)),
    }
}

fn prepare(spawn: &Spawn<'_>) -> Result<(), (u32, Errno)> {
    let at = |call: u32| move |errno| (call, errno);

    // CLONE_CLEAR_SIGHAND leaves ignored signals ignored (clone(2)).
    let mut ignored = spawn.ignored_signals;
    while ignored != 0 {
        set_disposition(ignored.trailing_zeros() + 1, Disposition::Default).map_err(at(1))?;
        ignored &= ignored - 1;
    }
    signals::set_mask(0).map_err(at(2))?;

    if spawn.own_group {
        // SAFETY: integers only.
        unsafe { syscall(__NR_setpgid, [0; 6]) }.map_err(at(3))?;
    }
    if let Some(directory) = spawn.directory {
        // SAFETY: a NUL-terminated string that outlives the call; the child does not share the working directory.
        unsafe { syscall(__NR_chdir, [directory.as_ptr().addr(), 0, 0, 0, 0, 0]) }
            .map_err(at(4))?;
    }
    for (fd, number) in spawn.descriptors {
        let raw = [crate::fd_arg(fd.as_raw_fd()), *number as usize, 0, 0, 0, 0];
        // SAFETY: the child's table is a copy; nothing of this program uses it after the exec.
        unsafe { syscall(__NR_dup3, raw) }.map_err(at(5))?;
    }
    // Node marks its standard streams close-on-exec; one that is not open stays so.
    for number in 0..3 {
        // SAFETY: integers only; the child's table is a copy.
        let _not_open = unsafe { syscall(__NR_fcntl, [number, F_SETFD as usize, 0, 0, 0, 0]) };
    }
    close_on_exec_from(spawn.keep).map_err(at(6))?;

    // Last: a user namespace without maps loses its capabilities at exec, except ambient ones.
    if spawn.ambient {
        raise_all_ambient().map_err(at(7))?;
    }
    Ok(())
}

fn raise_all_ambient() -> Result<(), Errno> {
    // The kernel ignores the bits that it does not know, but knows no ambient capability above its last.
    set_capabilities(CapabilitySets {
        effective: u64::MAX,
        permitted: u64::MAX,
        inheritable: u64::MAX,
    })?;
    for capability in 0..=LAST_CAPABILITY {
        match raise_ambient(capability) {
            Ok(()) => {}
            Err(Errno::INVAL) => break,
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

fn execute(child: &Child<'_>) -> Errno {
    let (fd, path, flags) = match child.spawn.program {
        Program::Descriptor(fd) => (fd.as_raw_fd(), c"", AT_EMPTY_PATH),
        Program::Path(path) => (AT_FDCWD, path, 0),
    };
    let raw = [
        crate::fd_arg(fd),
        path.as_ptr().addr(),
        child.args,
        child.env,
        flags as usize,
        0,
    ];
    // SAFETY: both lists end with a null pointer and hold NUL-terminated strings.
    unsafe { syscall(__NR_execveat, raw) }
        .err()
        .unwrap_or(Errno::INVAL)
}

fn exit_thread(status: usize) -> ! {
    loop {
        // SAFETY: ends the child, the one thread of its process.
        let _never = unsafe { syscall(__NR_exit, [status, 0, 0, 0, 0, 0]) };
    }
}
