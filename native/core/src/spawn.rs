//! Starts programs: the init from its memfd, hooks and helpers from a path. Nothing of this process is copied or changed.

use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{WaitId, WaitIdOptions, waitid};
use std::ffi::CString;
use trunc_sys::process::PointerList;
use trunc_sys::spawn::{Program, Spawn};

use crate::error::{Call, Error, Result};

/// The child uses it between clone and exec only, for system calls. In bytes.
const STACK: usize = 16 * 1024;

/// A process that we have to wait for.
#[derive(Debug)]
pub struct Child {
    /// Its pid in our pid namespace.
    pub pid: u32,
    /// Its pidfd.
    pub pidfd: OwnedFd,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this code.
    Code(i32),
    /// A signal killed it.
    Signal(i32),
}

/// Starts a program.
///
/// # Errors
/// The first call that failed, in this process or in the child.
pub fn spawn(request: &Spawn<'_>, args: &[CString], env: &[CString]) -> Result<Child> {
    let mut arg_pointers = vec![std::ptr::null(); args.len() + 1];
    let mut env_pointers = vec![std::ptr::null(); env.len() + 1];
    let args = pointers(&mut arg_pointers, args);
    let env = pointers(&mut env_pointers, env);
    let mut stack = Vec::with_capacity(STACK);
    let (pid, pidfd) = trunc_sys::spawn::spawn(stack.spare_capacity_mut(), request, args, env)
        .map_err(|failed| {
            let text = match request.program {
                Program::Path(path) if failed.call == "execve" => {
                    path.to_string_lossy().into_owned()
                }
                _ => String::new(),
            };
            Error::call(failed.call, failed.errno, text)
        })?;
    Ok(Child { pid, pidfd })
}

fn pointers<'m>(memory: &'m mut [*const u8], texts: &'m [CString]) -> PointerList<'m> {
    let mut list = PointerList::new(memory);
    for text in texts {
        // The memory has a place for each.
        let _fits = list.push(text);
    }
    list
}

/// Starts the program at `path` with these standard streams and an environment of exactly `env`, in a process group of its own.
///
/// # Errors
/// The first call that failed; when a text holds a NUL byte.
pub fn spawn_program(
    path: &str,
    args: &[String],
    env: &[String],
    directory: &str,
    streams: [BorrowedFd<'_>; 3],
) -> Result<Child> {
    let path = text(path)?;
    let directory = text(directory)?;
    let streams = [
        above(streams[0], 3)?,
        above(streams[1], 3)?,
        above(streams[2], 3)?,
    ];
    let request = Spawn {
        namespaces: 0,
        cgroup: None,
        program: Program::Path(&path),
        descriptors: &[
            (streams[0].as_fd(), 0),
            (streams[1].as_fd(), 1),
            (streams[2].as_fd(), 2),
        ],
        keep: 3,
        ignored_signals: crate::process::ignored_signals()?,
        directory: (!directory.is_empty()).then_some(&*directory),
        own_group: true,
        ambient: false,
    };
    spawn(&request, &texts(args)?, &texts(env)?)
}

/// A descriptor, or a copy of it, whose number is `lowest` at least.
pub(crate) enum Above<'a> {
    Same(BorrowedFd<'a>),
    Copy(OwnedFd),
}

impl AsFd for Above<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Same(fd) => *fd,
            Self::Copy(fd) => fd.as_fd(),
        }
    }
}

pub(crate) fn above(fd: BorrowedFd<'_>, lowest: i32) -> Result<Above<'_>> {
    if fd.as_raw_fd() >= lowest {
        return Ok(Above::Same(fd));
    }
    fcntl_dupfd_cloexec(fd, lowest)
        .call("fcntl", "")
        .map(Above::Copy)
}

/// A text for the kernel.
///
/// # Errors
/// When it holds a NUL byte.
pub fn text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::text(format!("the text {text:?} holds a NUL byte")))
}

/// Texts for the kernel.
///
/// # Errors
/// When one holds a NUL byte.
pub fn texts(list: &[String]) -> Result<Vec<CString>> {
    list.iter().map(|entry| text(entry)).collect()
}

/// Waits for a child's end and reaps it; `None` with `now` when it has not ended yet.
///
/// # Errors
/// `ECHILD` when somebody else reaped it.
pub fn reap(pidfd: BorrowedFd<'_>, now: bool) -> Result<Option<Exit>> {
    // Children of any exit signal: an init that cloned itself again has none (waitid(2), __WALL).
    let wall = WaitIdOptions::from_bits_retain(0x4000_0000);
    let options = WaitIdOptions::EXITED
        | wall
        | if now {
            WaitIdOptions::NOHANG
        } else {
            WaitIdOptions::empty()
        };
    let status =
        rustix::io::retry_on_intr(|| waitid(WaitId::PidFd(pidfd), options)).call("waitid", "")?;
    Ok(status.map(|status| {
        let code = status.exit_status().map(Exit::Code);
        code.or_else(|| status.terminating_signal().map(Exit::Signal))
            .unwrap_or(Exit::Code(255))
    }))
}
