//! Waits for what happens to a container: a process of it killed for want of memory, or its end.
//!
//! v1: an eventfd that cgroup.event_control ties to memory.oom_control; it is also marked when the cgroup goes.
//! v2: memory.events, whose changes poll(2) tells; `oom_kill` in it counts.

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{OFlags, SeekFrom, seek};
use rustix::io::{Errno, read};

use super::{failed, full_path, write_file};
use crate::beneath::open_straight;
use crate::error::{Call, Error, Result};
use crate::io::{Deadline, read_to_end};
use crate::process::open_pidfd;

const CONTROL: &str = "memory.oom_control";
const EVENTS: &str = "memory.events";
const EVENT_CONTROL: &str = "cgroup.event_control";
const MAX_FILE: usize = 4096;

/// What came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A process was killed, or waits, because the cgroup has no more memory.
    Oom,
    /// The container's first process is gone.
    End,
    /// The time is over.
    Timeout,
}

/// A container that is watched.
pub struct Watch {
    /// `None`: gone before the watch began.
    init: Option<OwnedFd>,
    memory: Option<Memory>,
}

enum Memory {
    V1 {
        eventfd: OwnedFd,
        /// Its registration ends with it.
        _control: OwnedFd,
        /// Gone with the cgroup.
        event_control: String,
    },
    V2 {
        events: OwnedFd,
        killed: u64,
    },
}

impl Watch {
    /// Watches the process that has this pid and start time and, where there is one, the cgroup that counts its memory.
    ///
    /// # Errors
    /// What opening and registering say.
    pub fn new(pid: u32, started: u64, memory: Option<(&str, &str)>) -> Result<Self> {
        let memory = memory.map(|(root, path)| Memory::open(root, path));
        Ok(Self {
            memory: memory.transpose()?,
            init: open_pidfd(pid, started)?,
        })
    }

    /// Waits; `timeout_ms` of 0 waits for ever.
    ///
    /// # Errors
    /// What poll(2) says.
    pub fn wait(&mut self, timeout_ms: u32) -> Result<Event> {
        let deadline = Deadline::after(timeout_ms);
        loop {
            let has_ended = self.poll(deadline)?;
            // Asked first: the kill of the first process is both.
            if self.memory.as_mut().is_some_and(Memory::has_event) {
                return Ok(Event::Oom);
            }
            match has_ended {
                Some(true) => return Ok(Event::End),
                Some(false) => {}
                None => return Ok(Event::Timeout),
            }
        }
    }

    /// Whether the first process is gone; `None` when the deadline came first.
    fn poll(&self, deadline: Deadline) -> Result<Option<bool>> {
        let Some(init) = &self.init else {
            return Ok(Some(true));
        };
        let mut fds = vec![PollFd::new(init, PollFlags::IN)];
        fds.extend(self.memory.as_ref().map(|memory| match memory {
            Memory::V1 { eventfd, .. } => PollFd::new(eventfd, PollFlags::IN),
            Memory::V2 { events, .. } => PollFd::new(events, PollFlags::PRI),
        }));
        match poll(&mut fds, deadline.timespec().as_ref()) {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(!fds[0].revents().is_empty())),
            Err(Errno::INTR) => Ok(Some(false)),
            Err(errno) => Err(Error::call("poll", errno, "")),
        }
    }
}

impl Memory {
    fn open(root: &str, path: &str) -> Result<Self> {
        let events = full_path(root, path, EVENTS)?;
        match open_straight(&events, OFlags::RDONLY) {
            Err(Errno::NOENT) => Self::open_v1(root, path),
            file => {
                let events = file.call("openat2", &events)?;
                let killed = killed(&events).unwrap_or(0);
                Ok(Self::V2 { events, killed })
            }
        }
    }

    fn open_v1(root: &str, path: &str) -> Result<Self> {
        let place = full_path(root, path, CONTROL)?;
        let control = open_straight(&place, OFlags::RDONLY).call("openat2", &place)?;
        let eventfd =
            eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).call("eventfd2", "")?;
        let event_control = full_path(root, path, EVENT_CONTROL)?;
        let text = format!("{} {}", eventfd.as_raw_fd(), control.as_raw_fd());
        write_file(&event_control, &text).map_err(failed(&event_control))?;
        Ok(Self::V1 {
            eventfd,
            _control: control,
            event_control,
        })
    }

    /// Whether something happened since the last time.
    fn has_event(&mut self) -> bool {
        match self {
            Self::V1 {
                eventfd,
                event_control,
                ..
            } => {
                // The end of the cgroup marks it too.
                read(eventfd.as_fd(), &mut [0; 8]).is_ok()
                    && open_straight(event_control, OFlags::PATH).is_ok()
            }
            Self::V2 {
                events,
                killed: before,
            } => {
                let now = killed(events).unwrap_or(*before);
                std::mem::replace(before, now) < now
            }
        }
    }
}

/// How many processes were killed; `None` when the cgroup is gone.
fn killed(events: &OwnedFd) -> Option<u64> {
    seek(events, SeekFrom::Start(0)).ok()?;
    let text = String::from_utf8(read_to_end(events, MAX_FILE).ok()?).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
    line?.parse().ok()
}
