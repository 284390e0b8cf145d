//! Foreground: waits for the container's process, passes signals on, carries the terminal's bytes, reaps orphans.
//! For a process that does nothing else: it changes the signal mask, the terminal and its own rights, and puts them back.

mod relay;
mod rights;
mod signals;
mod terminal;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::process::{Pid, WaitOptions, set_child_subreaper, wait};
use std::sync::Arc;

use crate::error::{Call, Result};
use crate::notify::Notify;
use crate::spawn::{Exit, reap};

use relay::Relay;
pub use signals::HeldSignals;
use terminal::Terminal;
pub use terminal::fit;

/// What to do besides waiting.
#[derive(Default)]
pub struct Options {
    /// Master of the container's terminal.
    pub console: Option<Arc<OwnedFd>>,
    /// Signals that this process gets go to the container's.
    pub signals: bool,
    /// Those that are held already.
    pub held: Option<HeldSignals>,
    /// The container's orphans become this process's children, which reaps them.
    pub subreaper: bool,
    /// Readiness to pass on.
    pub notify: Option<Notify>,
    /// Nothing is left to do afterwards that needs capabilities: they are given up for good.
    pub is_last: bool,
}

/// The child to wait for.
#[derive(Clone, Copy)]
pub struct Process<'a> {
    /// Its pid in this process's pid namespace.
    pub pid: u32,
    /// Its pidfd.
    pub pidfd: BorrowedFd<'a>,
}

/// Holds the signals that [`supervise`] passes on from now, so that one that comes before it is passed on too, instead of
/// ending this process. They wait until then: to be called when nothing can hang any more but by the container's will.
///
/// # Errors
/// What signalfd(2) says.
pub fn hold_signals() -> Result<HeldSignals> {
    HeldSignals::hold(true)
}

/// Waits until the container's process has ended.
///
/// # Errors
/// What poll(2), waitid(2) and the terminal say.
pub fn supervise(process: Process<'_>, mut options: Options) -> Result<Exit> {
    let held = match options.held.take() {
        Some(held) if options.signals => held,
        _ => HeldSignals::hold(options.signals)?,
    };
    if options.subreaper {
        // Any pid: the call is a switch.
        set_child_subreaper(Some(Pid::INIT)).call("prctl", "child subreaper")?;
    }
    let mut relay = options.console.take().map(Relay::new).transpose()?;
    // Put back on every way out.
    let terminal = relay
        .as_ref()
        .map(|relay| Terminal::make_raw(relay.master()))
        .transpose()?;
    let notify = options.notify.is_some();
    let _laid_down = if options.is_last {
        let _kept = rights::give_up(notify);
        None
    } else {
        rights::lay_down(notify)
    };
    let exit = until_exit(
        process,
        &held,
        &mut options,
        relay.as_mut(),
        terminal.as_ref(),
    )?;
    if let Some(relay) = &mut relay {
        relay.drain();
    }
    Ok(exit)
}

fn until_exit(
    process: Process<'_>,
    held: &HeldSignals,
    options: &mut Options,
    mut relay: Option<&mut Relay>,
    terminal: Option<&Terminal>,
) -> Result<Exit> {
    let Process { pid, pidfd } = process;
    loop {
        let mut fds = vec![
            PollFd::from_borrowed_fd(pidfd, PollFlags::IN),
            PollFd::new(held, PollFlags::IN),
        ];
        let notify = options.notify.as_ref().map(Notify::socket);
        fds.extend(notify.map(|socket| PollFd::from_borrowed_fd(socket, PollFlags::IN)));
        let relayed = fds.len();
        if let Some(relay) = relay.as_deref() {
            relay.interests(&mut fds);
        }
        match poll(&mut fds, None) {
            Err(Errno::INTR) => continue,
            result => result.call("poll", "")?,
        };
        let events: Vec<PollFlags> = fds.iter().map(PollFd::revents).collect();
        drop(fds);

        if !events[0].is_empty()
            && let Some(exit) = reap(pidfd, true)?
        {
            return Ok(exit);
        }
        if !events[1].is_empty() {
            let mut exit = None;
            held.each(|signal| exit = exit.or_else(|| on_signal(signal, process, terminal)));
            if let Some(exit) = exit {
                return Ok(exit);
            }
        }
        if relayed == 3 && !events[2].is_empty() {
            options.notify = options.notify.take().and_then(|notify| notify.pass_on(pid));
        }
        if let Some(relay) = relay.as_deref_mut() {
            relay.carry();
        }
    }
}

const SIGCHLD: i32 = 17;
const SIGWINCH: i32 = 28;

/// How the container's process ended, if this signal led to know it.
fn on_signal(signal: i32, process: Process<'_>, terminal: Option<&Terminal>) -> Option<Exit> {
    match (signal, terminal) {
        (SIGCHLD, _) => return reap_children(process.pid),
        (SIGWINCH, Some(terminal)) => terminal.resize(),
        _ => {
            // It may be gone: then its pidfd says so next.
            let _gone = trunc_sys::signals::send(process.pidfd, signal);
        }
    }
    None
}

/// Orphans of the container, and perhaps its first process.
fn reap_children(pid: u32) -> Option<Exit> {
    let own = i32::try_from(pid).ok();
    let mut exit = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if Some(pid.as_raw_nonzero().get()) == own {
            exit = status
                .exit_status()
                .map(Exit::Code)
                .or_else(|| status.terminating_signal().map(Exit::Signal));
        }
    }
    exit
}

impl AsFd for HeldSignals {
    fn as_fd(&self) -> rustix::fd::BorrowedFd<'_> {
        self.descriptor()
    }
}
