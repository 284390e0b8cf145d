//! Hooks inside the container's namespaces: createContainer and startContainer.

use super::Init;
use crate::failure::{During, Failure, failed};
use crate::text::Buffer;
use core::ffi::CStr;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Signal, WaitId, WaitIdOptions, WaitIdStatus, pidfd_send_signal, waitid};
use trunc_plan::wire::TextList;
use trunc_sys::clone::{Forked, fork};
use trunc_sys::memory::pointers;
use trunc_sys::process::{Disposition, PointerList, execve, exit, set_disposition};

const SIGCHLD: u32 = 17;
const SIGPIPE: u32 = 13;

/// The fields of `Hook`.
pub struct Hook<'a> {
    pub path: &'a CStr,
    pub args: TextList<'a>,
    pub env: TextList<'a>,
    pub state_head: &'a CStr,
    pub state_tail: &'a CStr,
    pub timeout_ms: u32,
}

/// `Hook`. Anything but exit status 0 in time is a failure; the last line that the hook wrote goes into the note.
pub fn run(init: &mut Init, hook: &Hook<'_>) -> Result<(), Failure> {
    set_disposition(SIGPIPE, Disposition::Ignore).during("rt_sigaction")?;
    let result = run_guarded(init, hook);
    set_disposition(SIGPIPE, Disposition::Default).during("rt_sigaction")?;
    result
}

#[inline(never)] // buffers: walk.rs
fn run_guarded(init: &mut Init, hook: &Hook<'_>) -> Result<(), Failure> {
    let (input, state) = pipe_with(PipeFlags::CLOEXEC).during("pipe2")?;
    let (words, output) = pipe_with(PipeFlags::CLOEXEC).during("pipe2")?;
    let (refusal, refuse) = pipe_with(PipeFlags::CLOEXEC).during("pipe2")?;
    let args = list(hook.args)?;
    let env = list(hook.env)?;
    let child = match fork(0, SIGCHLD).during("clone3")? {
        Forked::Child => {
            let errno = become_hook(hook, input.as_fd(), output.as_fd(), args, env);
            let _told = rustix::io::write(&refuse, &errno.raw_os_error().to_le_bytes());
            exit(127)
        }
        Forked::Parent(_, pidfd) => pidfd,
    };
    drop((input, output, refuse));
    let mut errno = [0; 4];
    // End of file: the hook was executed.
    if rustix::io::read(&refusal, &mut errno).during("read")? == errno.len() {
        return failed(
            "execve",
            Errno::from_raw_os_error(i32::from_le_bytes(errno)),
        );
    }
    let mut heard = Buffer::<4096>::new();
    let in_time = attend(hook, state, &words, child.as_fd(), &mut heard)?;
    if !in_time {
        pidfd_send_signal(&child, Signal::KILL).during("pidfd_send_signal")?;
    }
    let status = waitid(WaitId::PidFd(child.as_fd()), WaitIdOptions::EXITED).during("waitid")?;
    judge(
        init,
        in_time.then_some(status).flatten(),
        hook.timeout_ms,
        heard.as_bytes(),
    )
}

fn list<'a>(texts: TextList<'a>) -> Result<PointerList<'a>, Failure> {
    let mut list = PointerList::new(pointers(texts.len() + 1).during("mmap")?);
    texts.iter().for_each(|text| {
        list.push(text);
    });
    Ok(list)
}

/// Executes the hook; returns only when that failed.
fn become_hook(
    hook: &Hook<'_>,
    input: BorrowedFd<'_>,
    output: BorrowedFd<'_>,
    args: PointerList<'_>,
    env: PointerList<'_>,
) -> Errno {
    let ready = trunc_sys::descriptors::duplicate_to(input, 0)
        .and_then(|()| trunc_sys::descriptors::duplicate_to(output, 1))
        .and_then(|()| trunc_sys::descriptors::duplicate_to(output, 2))
        .and_then(|()| set_disposition(SIGPIPE, Disposition::Default))
        .and_then(|()| trunc_sys::signals::set_mask(0).map(drop));
    match ready {
        Ok(()) => execve(hook.path, args, env),
        Err(errno) => errno,
    }
}

/// Feeds the state and hears what the hook says until it ends; false when the time was over first.
fn attend(
    hook: &Hook<'_>,
    state: OwnedFd,
    words: &OwnedFd,
    child: BorrowedFd<'_>,
    heard: &mut Buffer<4096>,
) -> Result<bool, Failure> {
    let mut pid = [0; 20];
    let pid = crate::text::decimal(
        u64::from(
            rustix::process::getpid()
                .as_raw_nonzero()
                .get()
                .cast_unsigned(),
        ),
        &mut pid,
    );
    let parts = [hook.state_head.to_bytes(), pid, hook.state_tail.to_bytes()];
    rustix::io::ioctl_fionbio(&state, true).during("ioctl(FIONBIO)")?;
    let mut state = Some((state, 0, 0));
    let deadline = (hook.timeout_ms != 0).then(|| {
        trunc_sys::process::monotonic_nanoseconds() + u64::from(hook.timeout_ms) * 1_000_000
    });
    loop {
        if let Some((pipe, part, at)) = state.take() {
            state = feed(pipe, &parts, part, at);
        }
        let Some(wait) = time_left(deadline) else {
            return Ok(false);
        };
        let none = child;
        let mut polled = [
            PollFd::new(&child, PollFlags::IN),
            PollFd::new(words, PollFlags::IN),
            PollFd::from_borrowed_fd(
                state.as_ref().map_or(none, |(pipe, _, _)| pipe.as_fd()),
                if state.is_some() {
                    PollFlags::OUT
                } else {
                    PollFlags::empty()
                },
            ),
        ];
        match poll(&mut polled, wait.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return failed("poll", errno),
        }
        let (ended, spoke) = (
            !polled[0].revents().is_empty(),
            !polled[1].revents().is_empty(),
        );
        if spoke {
            hear(words, heard);
        }
        if ended {
            return Ok(true);
        }
    }
}

/// `None` when the time is over; else how long poll(2) may wait, `Some(None)` for ever.
fn time_left(deadline: Option<u64>) -> Option<Option<Timespec>> {
    let Some(deadline) = deadline else {
        return Some(None);
    };
    let left = deadline
        .checked_sub(trunc_sys::process::monotonic_nanoseconds())
        .filter(|left| *left > 0)?;
    let seconds = i64::try_from(left / 1_000_000_000).ok()?;
    let nanoseconds = i64::try_from(left % 1_000_000_000).ok()?;
    Some(Some(Timespec {
        tv_sec: seconds,
        tv_nsec: nanoseconds,
    }))
}

/// Writes on where the last write ended; `None` when all is written or nobody reads.
fn feed(
    pipe: OwnedFd,
    parts: &[&[u8]; 3],
    mut part: usize,
    mut at: usize,
) -> Option<(OwnedFd, usize, usize)> {
    loop {
        let rest = parts.get(part)?.get(at..)?;
        if rest.is_empty() {
            (part, at) = (part + 1, 0);
            continue;
        }
        match rustix::io::write(&pipe, rest) {
            Ok(length) => at += length,
            Err(Errno::AGAIN | Errno::INTR) => return Some((pipe, part, at)),
            Err(_) => return None,
        }
    }
}

/// Keeps the last part of what the hook says.
fn hear(words: &OwnedFd, heard: &mut Buffer<4096>) {
    let mut bytes = [0; 2048];
    let Ok(length) = rustix::io::read(words, &mut bytes) else {
        return;
    };
    if heard.as_bytes().len() + length > 4000 {
        heard.clear();
    }
    heard.push(bytes.get(..length).unwrap_or_default());
}

fn judge(
    init: &mut Init,
    status: Option<WaitIdStatus>,
    timeout_ms: u32,
    heard: &[u8],
) -> Result<(), Failure> {
    let note = &mut init.control.note;
    let Some(status) = status else {
        note.push(b"timed out after ");
        note.push_number(u64::from(timeout_ms));
        note.push(b" ms");
        return failed("hook", Errno::TIMEDOUT);
    };
    match (status.exit_status(), status.terminating_signal()) {
        (Some(0), _) => return Ok(()),
        (Some(code), _) => {
            note.push(b"exit status ");
            note.push_number(u64::from(code.cast_unsigned()));
        }
        (None, signal) => {
            note.push(b"killed by signal ");
            note.push_number(u64::from(signal.unwrap_or(0).cast_unsigned()));
        }
    }
    let last = heard
        .trim_ascii_end()
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    if !last.is_empty() {
        note.push(b": ");
        note.push(last);
    }
    failed("hook", Errno::CANCELED)
}
