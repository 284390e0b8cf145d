//! The control channel: commands from the host side, reports to it.

use crate::failure::{During, Failure};
use crate::text::Buffer;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, IoSlice, IoSliceMut};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recv, recvmsg, sendmsg,
};
use trunc_plan::message::{Command, CommandKind, MAX_FDS, Report, ReportKind};

/// How many descriptors a plan may bring along.
pub const MAX_PLAN_FDS: usize = 1024;

/// The channel, and the descriptors that came over it.
pub struct Control {
    socket: Option<OwnedFd>,
    /// Where failures go once `start` has taken over.
    result: Option<OwnedFd>,
    fds: [Option<OwnedFd>; MAX_PLAN_FDS],
    fd_count: usize,
    /// What else there is to say about the failure that is being reported.
    pub note: Buffer<464>,
}

impl Control {
    /// A channel over a `SOCK_SEQPACKET` socket.
    pub const fn new(socket: OwnedFd) -> Self {
        Self {
            socket: Some(socket),
            result: None,
            fds: [const { None }; MAX_PLAN_FDS],
            fd_count: 0,
            note: Buffer::new(),
        }
    }

    /// Waits for a command; its descriptors are kept behind those that are there. `None` when the host side is gone.
    pub fn receive(&mut self) -> Result<Option<Command>, Failure> {
        let mut bytes = [0; Command::SIZE];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let socket = self.socket.as_ref().ok_or(Errno::BADF);
        let socket = socket.during("recvmsg")?;
        let received = loop {
            let mut parts = [IoSliceMut::new(&mut bytes)];
            match recvmsg(socket, &mut parts, &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
                Err(Errno::INTR) => {}
                // What the host side had not read of ours is lost with it.
                Err(Errno::CONNRESET) => return Ok(None),
                other => break other.during("recvmsg")?,
            }
        };
        for message in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(fds) = message {
                for fd in fds {
                    let place = self.fds.get_mut(self.fd_count).ok_or(Errno::MFILE);
                    *place.during("recvmsg")? = Some(fd);
                    self.fd_count += 1;
                }
            }
        }
        if received.bytes == 0 {
            return Ok(None);
        }
        let command = bytes.get(..received.bytes).and_then(Command::decode);
        command.ok_or(Errno::BADMSG).during("recvmsg").map(Some)
    }

    /// Takes the descriptors received so far out, in order.
    pub fn take_fds(&mut self) -> ([Option<OwnedFd>; MAX_PLAN_FDS], usize) {
        (
            core::mem::replace(&mut self.fds, [const { None }; MAX_PLAN_FDS]),
            core::mem::take(&mut self.fd_count),
        )
    }

    /// One of the plan's descriptors: index 0 is the first after the plan itself, which [`Self::take_plan`] takes out.
    pub fn plan_fd(&mut self, index: usize) -> Option<&mut Option<OwnedFd>> {
        self.fds[..self.fd_count].get_mut(index)
    }

    /// Takes the plan's own descriptor: the first of the plan message, which is number `before`.
    pub fn take_plan(&mut self, before: usize) -> Option<OwnedFd> {
        let plan = self.fds.get_mut(before)?.take();
        if before < self.fd_count {
            self.fds[before..self.fd_count].rotate_left(1);
            self.fd_count -= 1;
        }
        plan
    }

    /// How many descriptors are here.
    pub const fn fd_count(&self) -> usize {
        self.fd_count
    }

    /// Sends a report, with a descriptor if there is one. Without one write(2) does, which every filter allows.
    pub fn report(&self, report: &Report, fd: Option<BorrowedFd<'_>>) -> Result<(), Errno> {
        let bytes = report.encode();
        let to = self.result.as_ref().or(self.socket.as_ref());
        let to = to.ok_or(Errno::BADF)?;
        let Some(fd) = fd else {
            return rustix::io::write(to, &bytes).map(|_| ());
        };
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let fds = [fd];
        ancillary.push(SendAncillaryMessage::ScmRights(&fds));
        sendmsg(
            to,
            &[IoSlice::new(&bytes)],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        )
        .map(|_| ())
    }

    /// Tells the host side that an operation failed.
    pub fn report_failure(&self, op: u32, failure: Failure) {
        let mut report = Report::new(ReportKind::Error, op);
        report.errno = failure.errno.raw_os_error();
        let call = failure.call.as_bytes();
        let length = call.len().min(report.call.len());
        report.call[..length].copy_from_slice(&call[..length]);
        let note = self.note.as_bytes();
        report.text[..note.len()].copy_from_slice(note);
        // The host side may be gone; then nobody is left to be told.
        let _unheard = self.report(&report, None);
    }

    /// Whether the host side is still there to want a container; after the hand-over it need not be.
    pub fn is_wanted(&self) -> bool {
        let Some(socket) = &self.socket else {
            return true;
        };
        let mut byte = [0_u8; 1];
        match recv(socket, &mut byte, RecvFlags::PEEK | RecvFlags::DONTWAIT) {
            Ok((_, length)) => length > 0,
            Err(errno) => errno != Errno::CONNRESET,
        }
    }

    /// Waits for `Go`; false when the host side is gone. A filter may be in force: read(2) does.
    pub fn wait_go(&self) -> Result<bool, Failure> {
        let Some(socket) = &self.socket else {
            return Ok(false);
        };
        let mut bytes = [0; Command::SIZE];
        let length = loop {
            match rustix::io::read(socket, &mut bytes) {
                Err(Errno::INTR) => {}
                Err(Errno::CONNRESET) => return Ok(false),
                other => break other.during("read")?,
            }
        };
        let command = bytes.get(..length).and_then(Command::decode);
        Ok(command.is_some_and(|command| command.kind == CommandKind::Go))
    }

    /// From now on failures go to `result`; the socket is closed.
    pub fn hand_over(&mut self, result: OwnedFd) {
        self.socket = None;
        self.result = Some(result);
    }

    /// The socket, as long as it is open.
    pub fn socket(&self) -> Option<BorrowedFd<'_>> {
        self.socket.as_ref().map(AsFd::as_fd)
    }
}
