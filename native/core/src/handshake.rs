//! The host's end of the handshake (trunc_plan::message draws it): fixed-size messages, descriptors beside them.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, IoSliceMut, retry_on_intr};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SocketFlags,
    SocketType, recvmsg, socketpair,
};
use std::mem::MaybeUninit;
use trunc_plan::message::{Command, CommandKind, MAX_FDS, Report};

use crate::error::{Call, Error, Result};
use crate::io::{Deadline, wait_any_readable, wait_readable};
use crate::send_fds::send;

/// A report, with the descriptor that came along.
pub struct Received {
    /// What the init tells.
    pub report: Report,
    /// What it sent.
    pub fd: Option<OwnedFd>,
}

/// The host's end.
pub struct Control(OwnedFd);

impl Control {
    /// Both ends: ours, and the init's.
    ///
    /// # Errors
    /// What socketpair(2) says.
    pub fn pair() -> Result<(Self, OwnedFd)> {
        let pair = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        );
        let (ours, theirs) = pair.call("socketpair", "")?;
        Ok((Self(ours), theirs))
    }

    /// Sends a command with its descriptors.
    ///
    /// # Errors
    /// `EPIPE` when the init is gone.
    pub fn send(
        &self,
        kind: CommandKind,
        value: u64,
        fds: &[BorrowedFd<'_>],
    ) -> std::result::Result<(), Errno> {
        let count = u32::try_from(fds.len()).map_err(|_| Errno::TOOBIG)?;
        send(&self.0, fds, &Command { kind, count, value }.encode())
    }

    /// Sends the plan: what does not fit beside it goes ahead.
    ///
    /// # Errors
    /// `EPIPE` when the init is gone.
    pub fn send_plan(&self, length: u64, fds: &[BorrowedFd<'_>]) -> std::result::Result<(), Errno> {
        let Some((plan, others)) = fds.split_first() else {
            return Err(Errno::INVAL);
        };
        let (ahead, last) = others.split_at(others.len().saturating_sub(MAX_FDS - 1));
        for some in ahead.chunks(MAX_FDS) {
            self.send(CommandKind::Descriptors, 0, some)?;
        }
        let with_plan: Vec<BorrowedFd<'_>> =
            std::iter::once(*plan).chain(last.iter().copied()).collect();
        self.send(CommandKind::Plan, length, &with_plan)
    }

    /// The next report of a process that another one may answer for: `None` too once it is gone without a word.
    ///
    /// # Errors
    /// As [`Self::receive`].
    pub fn receive_from(
        &self,
        process: BorrowedFd<'_>,
        deadline: Deadline,
    ) -> Result<Option<Received>> {
        let either = [self.0.as_fd(), process];
        if wait_any_readable(&either, deadline).call("poll", "")?
            && !wait_readable(self.0.as_fd(), Deadline::after(1)).call("poll", "")?
        {
            return Ok(None);
        }
        self.receive(deadline)
    }

    /// The next report; `None` at the end of file.
    ///
    /// # Errors
    /// `ETIMEDOUT` at the deadline; when the message is none of ours.
    pub fn receive(&self, deadline: Deadline) -> Result<Option<Received>> {
        if deadline.rest().is_some() && !wait_readable(self.0.as_fd(), deadline).call("poll", "")? {
            return Err(Error::call(
                "poll",
                Errno::TIMEDOUT,
                "the init does not answer",
            ));
        }
        let mut bytes = [0; Report::SIZE];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let received = retry_on_intr(|| {
            recvmsg(
                &self.0,
                &mut [IoSliceMut::new(&mut bytes)],
                &mut control,
                RecvFlags::CMSG_CLOEXEC,
            )
        });
        let received = match received {
            // What the init had not read is lost with it.
            Err(Errno::CONNRESET) => return Ok(None),
            received => received.call("recvmsg", "")?,
        };
        let fd = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
            _ => None,
        });
        if received.bytes == 0 {
            return Ok(None);
        }
        let report = Report::decode(&bytes).filter(|_| {
            received.bytes == Report::SIZE && !received.flags.contains(ReturnFlags::CTRUNC)
        });
        let report = report.ok_or_else(|| Error::text("the init sent a malformed message"))?;
        Ok(Some(Received { report, fd }))
    }
}

/// The text of a NUL-padded field.
#[must_use]
pub fn padded(bytes: &[u8]) -> String {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// The error that a report tells.
#[must_use]
pub fn failure(report: &Report) -> Error {
    let call = padded(&report.call);
    let text = padded(&report.text);
    if report.errno == 0 {
        return Error::text(if text.is_empty() { call } else { text });
    }
    Error::call(call, Errno::from_raw_os_error(report.errno), text)
}

#[cfg(test)]
mod tests {
    use super::{Control, failure};
    use crate::io::Deadline;
    use rustix::fd::AsFd;
    use trunc_plan::message::{Report, ReportKind};

    #[test]
    fn many_descriptors_go_in_pieces() {
        let (ours, theirs) = Control::pair().expect("made");
        let fds = vec![theirs.as_fd(); 600];
        ours.send_plan(7, &fds).expect("sent");
        let end = Control(theirs);
        // Commands are shorter than reports: none of them is taken for one.
        assert!(end.receive(Deadline::after(1000)).is_err());
    }

    #[test]
    fn silence_is_a_timeout_and_the_end_is_none() {
        let (ours, theirs) = Control::pair().expect("made");
        let silent = ours
            .receive(Deadline::after(10))
            .err()
            .expect("nobody speaks");
        assert_eq!(silent.errno, Some(rustix::io::Errno::TIMEDOUT));
        drop(theirs);
        assert!(ours.receive(Deadline::after(1000)).expect("end").is_none());
    }

    #[test]
    fn failure_tells_call_errno_and_text() {
        let mut report = Report::new(ReportKind::Error, 3);
        report.errno = 2;
        report.call[..7].copy_from_slice(b"openat2");
        report.text[..4].copy_from_slice(b"/dev");
        assert_eq!(
            failure(&report).to_string(),
            "openat2 /dev: no such file or directory"
        );
    }
}
