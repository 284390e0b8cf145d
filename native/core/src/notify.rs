//! NOTIFY_SOCKET (sd_notify(3)): a socket of our own for the container, whose readiness is passed on to the caller's manager
//! with the container's pid. Everything else that the container says stays unheard.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, Mode, chmodat, unlinkat};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, bind, connect,
    recv, socket_with,
};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::beneath::open_parent;
use crate::error::{Call, Result};
use crate::io::{Deadline, wait_readable};
use crate::send_fds::{beneath_descriptor, send};

/// How long the manager may take to have handled everything (runc waits as long).
const BARRIER_TIMEOUT_MS: u32 = 30_000;

/// The socket that the container writes to.
#[derive(Debug)]
pub struct Notify {
    socket: OwnedFd,
    manager: String,
}

impl Notify {
    /// Binds a socket at `path`, writable for every user of the container; `manager` is the caller's `NOTIFY_SOCKET`.
    ///
    /// # Errors
    /// What socket(2), bind(2) and chmod(2) say.
    pub fn bind(path: &str, manager: &str) -> Result<Self> {
        let (dir, name) = open_parent(path)?;
        let socket = socket_with(
            AddressFamily::UNIX,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            None,
        )
        .call("socket", path)?;
        let _stale = unlinkat(&dir, name, AtFlags::empty());
        let address = SocketAddrUnix::new(beneath_descriptor(&dir, name)).call("bind", path)?;
        bind(&socket, &address).call("bind", path)?;
        chmodat(
            CWD,
            beneath_descriptor(&dir, name),
            Mode::from_raw_mode(0o777),
            AtFlags::empty(),
        )
        .call("fchmodat", path)?;
        Ok(Self {
            socket,
            manager: manager.to_owned(),
        })
    }

    /// What to wait for.
    #[must_use]
    pub fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Reads one message; when it says that the container is ready, tells the manager and is done (`None`).
    #[must_use]
    pub fn pass_on(self, pid: u32) -> Option<Self> {
        let mut bytes = [0; 4096];
        let count = match recv(&self.socket, &mut bytes, RecvFlags::DONTWAIT) {
            Ok((count, _)) => count.min(bytes.len()),
            Err(Errno::AGAIN | Errno::INTR) => return Some(self),
            Err(_) => return None,
        };
        let Some(ready) = bytes[..count]
            .split(|byte| *byte == b'\n')
            .find(|line| line.starts_with(b"READY="))
        else {
            return Some(self);
        };
        // A manager that is gone has no use for it; the container goes on.
        let _unheard = tell(&self.manager, ready, pid);
        None
    }

    /// Waits until the container is ready or `pidfd`'s process is gone.
    ///
    /// # Errors
    /// What poll(2) says.
    pub fn wait(self, pid: u32, pidfd: BorrowedFd<'_>) -> Result<()> {
        let mut waiting = Some(self);
        while let Some(notify) = waiting.take() {
            let mut fds = [
                PollFd::from_borrowed_fd(pidfd, PollFlags::IN),
                PollFd::from_borrowed_fd(notify.socket(), PollFlags::IN),
            ];
            match poll(&mut fds, None) {
                Err(Errno::INTR) => {}
                result => drop(result.call("poll", "")?),
            }
            let (has_ended, has_message) =
                (!fds[0].revents().is_empty(), !fds[1].revents().is_empty());
            if has_message {
                waiting = notify.pass_on(pid);
            } else if !has_ended {
                waiting = Some(notify);
            }
        }
        Ok(())
    }
}

/// The readiness, then the pid, then a barrier: a pipe that the manager closes when it has handled what came before.
fn tell(manager: &str, ready: &[u8], pid: u32) -> Result<()> {
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        None,
    )
    .call("socket", manager)?;
    let address = match manager.strip_prefix('@') {
        Some(name) => SocketAddrUnix::new_abstract_name(name.as_bytes()),
        None => SocketAddrUnix::new(manager),
    };
    connect(&socket, &address.call("connect", manager)?).call("connect", manager)?;
    rustix::net::send(&socket, ready, SendFlags::NOSIGNAL).call("send", manager)?;
    rustix::net::send(
        &socket,
        format!("MAINPID={pid}").as_bytes(),
        SendFlags::NOSIGNAL,
    )
    .call("send", manager)?;
    let (barrier, theirs) = pipe_with(PipeFlags::CLOEXEC).call("pipe2", "")?;
    send(&socket, &[theirs.as_fd()], b"BARRIER=1").call("sendmsg", manager)?;
    drop(theirs);
    wait_readable(barrier.as_fd(), Deadline::after(BARRIER_TIMEOUT_MS))
        .call("poll", manager)
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::Notify;
    use std::os::unix::net::UnixDatagram;

    fn heard(manager: &UnixDatagram) -> String {
        let mut bytes = [0; 100];
        let count = manager.recv(&mut bytes).expect("heard");
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    }

    #[test]
    fn readiness_is_passed_on_with_the_pid() {
        let dir = std::env::temp_dir().join(format!("trunc-notify-{}", std::process::id()));
        std::fs::create_dir(&dir).expect("made");
        let at = |name: &str| dir.join(name).to_str().expect("UTF-8").to_owned();
        let manager = UnixDatagram::bind(at("manager")).expect("bound");
        let notify = Notify::bind(&at("notify.sock"), &at("manager")).expect("bound");

        let container = UnixDatagram::unbound().expect("made");
        container
            .send_to(b"STATUS=hello", at("notify.sock"))
            .expect("sent");
        let notify = notify.pass_on(42).expect("not ready yet");
        container
            .send_to(b"STATUS=x\nREADY=1\nWATCHDOG=1", at("notify.sock"))
            .expect("sent");
        // The barrier's pipe is closed by reading the message without it.
        let listener = std::thread::spawn(move || [(); 3].map(|()| heard(&manager)));
        assert!(notify.pass_on(42).is_none());
        assert_eq!(
            listener.join().expect("no panic"),
            ["READY=1", "MAINPID=42", "BARRIER=1"]
        );
        std::fs::remove_dir_all(dir).expect("removed");
    }
}
