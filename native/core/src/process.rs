//! Processes of the host: who is who (start times guard against reused pids), signals, waiting.

use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, open, openat};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::error::{Call, Error, Result};
use crate::io::{Deadline, read_short, wait_readable};

/// When a process started, in clock ticks since boot (field 22 of /proc/PID/stat); `None` when it is gone or a zombie.
///
/// # Errors
/// What reading /proc says, but for processes that are gone.
pub fn start_time(pid: u32) -> Result<Option<u64>> {
    let path = format!("/proc/{pid}/stat");
    let stat = match open(&path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
        Err(Errno::NOENT | Errno::SRCH) => return Ok(None),
        file => file.call("open", &path)?,
    };
    match read_short(&stat) {
        Err(Errno::SRCH) => Ok(None),
        bytes => parse_start_time(&bytes.call("read", &path)?)
            .map_err(|()| Error::text(format!("{path} is malformed"))),
    }
}

fn parse_start_time(stat: &[u8]) -> std::result::Result<Option<u64>, ()> {
    let text = String::from_utf8_lossy(stat);
    // The second field is the program's name in parentheses and may hold anything, parentheses too.
    let (_, rest) = text.rsplit_once(')').ok_or(())?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next().ok_or(())?;
    if matches!(state, "Z" | "X" | "x") {
        return Ok(None);
    }
    fields
        .nth(18)
        .and_then(|field| field.parse().ok())
        .map(Some)
        .ok_or(())
}

/// A pidfd of the process that has this pid and started then; `None` when it is gone.
///
/// # Errors
/// What pidfd_open(2) and reading /proc say.
pub fn open_pidfd(pid: u32, started: u64) -> Result<Option<OwnedFd>> {
    let Some(number) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return Ok(None);
    };
    let pidfd = match pidfd_open(number, PidfdFlags::empty()) {
        // EINVAL: it went while it was looked up, or the number is that of a thread (before Linux 6.16)
        Err(Errno::SRCH | Errno::INVAL) => return Ok(None),
        pidfd => pidfd.call("pidfd_open", pid)?,
    };
    // The pidfd came first: if the times agree now, it is of this very process.
    Ok((start_time(pid)? == Some(started)).then_some(pidfd))
}

/// Sends a signal; false when the process is gone.
///
/// # Errors
/// `EINVAL` for a number that is no signal, `EPERM`.
pub fn signal(pid: u32, started: u64, signal: i32) -> Result<bool> {
    let Some(pidfd) = open_pidfd(pid, started)? else {
        return Ok(false);
    };
    match trunc_sys::signals::send(&pidfd, signal) {
        Ok(()) => Ok(true),
        Err(Errno::SRCH) => Ok(false),
        Err(errno) => Err(Error::call(
            "pidfd_send_signal",
            errno,
            format!("signal {signal} to process {pid}"),
        )),
    }
}

/// Waits until the process is gone; false when `timeout_ms` came first (0 waits for ever).
///
/// # Errors
/// What pidfd_open(2) and poll(2) say.
pub fn wait_gone(pid: u32, started: u64, timeout_ms: u32) -> Result<bool> {
    let Some(pidfd) = open_pidfd(pid, started)? else {
        return Ok(true);
    };
    wait_readable(pidfd.as_fd(), Deadline::after(timeout_ms)).call("poll", pid)
}

/// The directory of a process in /proc, seen to be of the process that `pidfd` names.
///
/// # Errors
/// What open(2) says; `ESRCH` when the process is gone.
pub fn proc_dir(pid: u32, pidfd: impl AsFd) -> Result<OwnedFd> {
    let path = format!("/proc/{pid}");
    let dir = openat(
        CWD,
        &path,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .call("open", &path)?;
    // Alive after the open, it had the pid at the time of the open.
    match trunc_sys::signals::send(pidfd, 0) {
        Ok(()) => Ok(dir),
        Err(errno) => Err(Error::call(
            "pidfd_send_signal",
            errno,
            format!("process {pid}"),
        )),
    }
}

/// The pid of a pidfd's process, in this process's pid namespace.
///
/// # Errors
/// What reading /proc says; `ESRCH` when the process is gone or is in no namespace of ours.
pub fn pid_of(pidfd: impl AsFd) -> Result<u32> {
    let path = format!("/proc/self/fdinfo/{}", pidfd.as_fd().as_raw_fd());
    let file = open(&path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).call("open", &path)?;
    let text = read_short(&file).call("read", &path)?;
    let text = String::from_utf8_lossy(&text);
    let pid = text
        .lines()
        .find_map(|line| line.strip_prefix("Pid:"))
        .and_then(|pid| pid.trim().parse().ok());
    pid.filter(|pid| *pid != 0)
        .ok_or_else(|| Error::call("pidfd_open", Errno::SRCH, ""))
}

/// Signals that this process ignores, bit `n - 1` for signal `n`.
///
/// # Errors
/// What reading /proc says.
pub fn ignored_signals() -> Result<u64> {
    let path = "/proc/self/status";
    let file = open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).call("open", path)?;
    let text = read_short(&file).call("read", path)?;
    let text = String::from_utf8_lossy(&text);
    let mask = text.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .ok_or_else(|| Error::text("/proc/self/status is malformed"))
}

#[cfg(test)]
mod tests {
    use super::{ignored_signals, open_pidfd, parse_start_time, pid_of, start_time};

    #[test]
    fn start_time_survives_odd_names() {
        let rest = "1 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 4711 0";
        assert_eq!(
            parse_start_time(format!("7 (a) b) (c) S {rest}").as_bytes()),
            Ok(Some(4711))
        );
        assert_eq!(
            parse_start_time(format!("7 (a) Z {rest}").as_bytes()),
            Ok(None)
        );
        assert_eq!(parse_start_time(b"7 (a"), Err(()));
    }

    #[test]
    fn own_process_is_found() {
        let pid = std::process::id();
        let started = start_time(pid).expect("readable").expect("alive");
        let pidfd = open_pidfd(pid, started).expect("opened").expect("alive");
        assert_eq!(pid_of(&pidfd).expect("read"), pid);
        assert!(open_pidfd(pid, started + 1).expect("opened").is_none());
        assert_eq!(start_time(u32::MAX).expect("readable"), None);
    }

    #[test]
    fn ignored_signals_has_what_rust_ignores() {
        assert_ne!(
            ignored_signals().expect("readable") & (1 << 12),
            0,
            "SIGPIPE"
        );
    }
}
