//! The conversation with a CRIU that was started as `criu swrk N`: one request at a time, its notifications, its answer.
//! What to ask is decided elsewhere; what to do when CRIU notifies, too.

pub mod rpc;

use prost::Message;
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, IoSliceMut, retry_on_intr};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SocketFlags,
    SocketType, recvmsg, socketpair,
};
use std::mem::MaybeUninit;

use crate::error::{Call, Error, Result};
use crate::send_fds::send;
use rpc::{Features, Kind, Options, Request, Response};

/// More than CRIU ever answers.
const MAX_MESSAGE: usize = 64 * 1024;

/// What CRIU says.
#[derive(Debug)]
pub enum Event {
    /// It has come to a point, and waits for [`Conversation::proceed`].
    Notify {
        /// CRIU's name of the point, as `post-restore`.
        script: String,
        /// Of the tree's first process; 0 where it has no part.
        pid: u32,
        /// What came along, as the master of a terminal.
        fd: Option<OwnedFd>,
    },
    /// The request is done.
    Done(Answer),
}

/// What came of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer {
    /// Of the restored tree's first process, else 0.
    pub pid: u32,
    /// CRIU's version as 10000 * major + 100 * minor + sublevel; 0 where it was not asked for.
    pub version: u32,
    /// The features that were asked for and are there.
    pub features: Features,
}

/// One CRIU.
pub struct Conversation {
    ours: OwnedFd,
    theirs: Option<OwnedFd>,
    /// CRIU opens these through this process's /proc directory, while the request lasts.
    directories: Vec<OwnedFd>,
    asked: Option<Kind>,
}

impl Conversation {
    /// Makes both ends.
    ///
    /// # Errors
    /// What socketpair(2) says.
    pub fn new() -> Result<Self> {
        let pair = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        );
        let (ours, theirs) = pair.call("socketpair", "")?;
        Ok(Self {
            ours,
            theirs: Some(theirs),
            directories: Vec::new(),
            asked: None,
        })
    }

    /// CRIU's end, once. While this process holds it, CRIU's death goes unseen.
    pub const fn take_theirs(&mut self) -> Option<OwnedFd> {
        self.theirs.take()
    }

    /// Asks for the version, or for features; a further request may follow.
    ///
    /// # Errors
    /// What sendmsg(2) says: `EPIPE` when CRIU is gone.
    pub fn ask(&mut self, kind: Kind, features: Option<Features>) -> Result<()> {
        self.send(Request {
            kind: kind.into(),
            keep_open: Some(true),
            features,
            ..Request::default()
        })
    }

    /// Asks for a dump or a restore. `images` and `work` are directories; without `work` the images' is it.
    ///
    /// # Errors
    /// What open(2) and sendmsg(2) say.
    pub fn order(
        &mut self,
        kind: Kind,
        mut options: Options,
        images: &str,
        work: Option<&str>,
    ) -> Result<()> {
        options.images_dir_fd = self.directory(images)?;
        options.work_dir_fd = work.map(|path| self.directory(path)).transpose()?;
        self.send(Request {
            kind: kind.into(),
            options: Some(options),
            ..Request::default()
        })
    }

    /// Lets CRIU go on from where it notified.
    ///
    /// # Errors
    /// What sendmsg(2) says.
    pub fn proceed(&mut self) -> Result<()> {
        self.send(Request {
            kind: Kind::Notify.into(),
            notify_success: Some(true),
            ..Request::default()
        })
    }

    /// Waits for what CRIU says next.
    ///
    /// # Errors
    /// When CRIU failed or is gone; the text has runc's words, for engines look for them.
    pub fn receive(&mut self) -> Result<Event> {
        let (bytes, fd) = self.receive_message()?;
        let response = Response::decode(&*bytes)
            .map_err(|error| Error::text(format!("CRIU sent a malformed message: {error}")))?;
        let kind = Kind::of(response.kind);
        if !response.success {
            return Err(failed(&response, kind));
        }
        if let (Some(Kind::Notify), Some(notify)) = (kind, response.notify) {
            return Ok(Event::Notify {
                script: notify.script.unwrap_or_default(),
                pid: notify.pid.and_then(|pid| pid.try_into().ok()).unwrap_or(0),
                fd,
            });
        }
        if kind.is_none() || kind != self.asked {
            return Err(Error::text(format!(
                "CRIU sent an answer to something else: type {}",
                response.kind
            )));
        }
        Ok(Event::Done(Answer {
            pid: response
                .restore
                .and_then(|restored| restored.pid.try_into().ok())
                .unwrap_or(0),
            version: response.version.as_ref().map_or(0, version_number),
            features: response.features.unwrap_or_default(),
        }))
    }

    fn directory(&mut self, path: &str) -> Result<i32> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = open(path, flags, Mode::empty()).call("open", path)?;
        let number = directory.as_raw_fd();
        self.directories.push(directory);
        Ok(number)
    }

    fn send(&mut self, request: Request) -> Result<()> {
        if let Some(kind) = Kind::of(request.kind).filter(|kind| *kind != Kind::Notify) {
            self.asked = Some(kind);
        }
        send(&self.ours, &[], &request.encode_to_vec()).call("sendmsg", "CRIU")
    }

    fn receive_message(&self) -> Result<(Vec<u8>, Option<OwnedFd>)> {
        let mut bytes = vec![0; MAX_MESSAGE];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let received = retry_on_intr(|| {
            recvmsg(
                self.ours.as_fd(),
                &mut [IoSliceMut::new(&mut bytes)],
                &mut control,
                RecvFlags::CMSG_CLOEXEC,
            )
        });
        let gone = || Error::text("CRIU ended without an answer");
        let received = match received {
            Err(Errno::CONNRESET) => return Err(gone()),
            received => received.call("recvmsg", "CRIU")?,
        };
        let fd = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
            _ => None,
        });
        if received.bytes == 0 {
            return Err(gone());
        }
        if received.flags.contains(ReturnFlags::TRUNC) {
            return Err(Error::text("CRIU sent a message that is too long"));
        }
        bytes.truncate(received.bytes);
        Ok((bytes, fd))
    }
}

fn failed(response: &Response, kind: Option<Kind>) -> Error {
    let name = kind.map_or("?", Kind::name);
    let errno = response.errno.unwrap_or(0);
    let words = response.error.as_deref().unwrap_or_default();
    let separator = if words.is_empty() { "" } else { ": " };
    Error::text(format!(
        "criu failed: type {name} errno {errno}{separator}{words}"
    ))
}

fn version_number(version: &rpc::Version) -> u32 {
    let number =
        version.major * 10_000 + version.minor * 100 + version.sublevel.unwrap_or_default();
    u32::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests;
