//! A connection to a message bus, or to systemd itself: authentication, calls with their answers, signals.
//!
//! Source: the D-Bus specification, "Authentication Protocol".

use rustix::fd::{AsFd, OwnedFd};
use rustix::io::{Errno, retry_on_intr};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, recv,
    send, socket_with,
};
use std::collections::VecDeque;
use trunc_plan::host_ops::BusSocket;
use zbus::wire::DynamicType;

use super::message::{Call, FIXED_LENGTH, Kind, Message, decode, encode, total_length};
use crate::error::{Call as _, Error, Result};
use crate::io::{Deadline, wait_readable};

/// A connection; gone when it is dropped.
pub struct Bus {
    socket: OwnedFd,
    deadline: Deadline,
    serial: u32,
    /// What came while an answer was waited for.
    signals: VecDeque<Message>,
    /// There is nobody between us and systemd.
    pub is_direct: bool,
}

/// What the other side says to a call.
pub enum Answer {
    /// It was done.
    Reply(Message),
    /// It was not: the name of the error, and its words.
    Refusal(String, String),
}

/// The empty answer to EXTERNAL: who we are is what the kernel says, also in a user namespace, where our own numbers
/// mean nothing outside.
pub(super) const AUTHENTICATION: &[u8] = b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
const MAX_LINE: usize = 4096;

const BUS: Call<'_> = Call {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    method: "",
    signature: "",
};

impl Bus {
    /// Connects to the first of the sockets that lets us; everything on it has to be over by the deadline.
    ///
    /// # Errors
    /// Why the last did not.
    pub fn connect(sockets: &[BusSocket], deadline: Deadline) -> Result<Self> {
        let mut last = Error::text("no socket of a bus is named");
        for socket in sockets {
            match Self::connect_one(socket, deadline) {
                Ok(bus) => return Ok(bus),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn connect_one(BusSocket { path, is_direct }: &BusSocket, deadline: Deadline) -> Result<Self> {
        let socket = open(path, deadline).call("connect", path)?;
        let mut bus = Self {
            socket,
            deadline,
            serial: 0,
            signals: VecDeque::new(),
            is_direct: *is_direct,
        };
        bus.authenticate(path)?;
        if !is_direct {
            bus.call_bus::<()>("Hello", "", None)?;
        }
        Ok(bus)
    }

    fn authenticate(&mut self, path: &str) -> Result<()> {
        self.send(AUTHENTICATION)?;
        loop {
            let line = self.line()?;
            match line.split(' ').next() {
                Some("DATA") => {}
                Some("OK") => return Ok(()),
                _ => return Err(Error::text(format!("{path} rejects this user: {line}"))),
            }
        }
    }

    /// A line of the authentication; byte by byte, for what follows is no text.
    fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            if line.len() > MAX_LINE {
                return Err(Error::text("a line of the bus is too long"));
            }
            let mut byte = [0];
            self.receive(&mut byte)?;
            line.extend(byte);
        }
        line.truncate(line.len() - 2);
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    /// Calls a method of the bus itself.
    ///
    /// # Errors
    /// What the bus says.
    pub fn call_bus<Body>(
        &mut self,
        method: &str,
        signature: &str,
        body: Option<&Body>,
    ) -> Result<Message>
    where
        Body: serde::Serialize + DynamicType + ?Sized,
    {
        let call = Call {
            method,
            signature,
            ..BUS
        };
        match self.call(&call, body)? {
            Answer::Reply(message) => Ok(message),
            Answer::Refusal(name, words) => Err(Error {
                call: method.to_owned().into(),
                ..Error::text(format!("the message bus says: {words} ({name})"))
            }),
        }
    }

    /// Calls a method and waits for the answer.
    ///
    /// # Errors
    /// When there is none: the connection broke, or the deadline came.
    pub fn call<Body>(&mut self, call: &Call<'_>, body: Option<&Body>) -> Result<Answer>
    where
        Body: serde::Serialize + DynamicType + ?Sized,
    {
        self.serial += 1;
        let bytes = encode(call, self.serial, body)?;
        self.send(&bytes)?;
        loop {
            let message = self.message()?;
            match message.kind {
                Kind::Reply if message.reply_to == self.serial => {
                    return Ok(Answer::Reply(message));
                }
                Kind::Refusal if message.reply_to == self.serial => {
                    // its first argument, by custom
                    let words = message.body::<&str>().unwrap_or_default().to_owned();
                    return Ok(Answer::Refusal(message.name, words));
                }
                Kind::Signal => self.signals.push_back(message),
                _ => {}
            }
        }
    }

    /// Waits for the next signal.
    ///
    /// # Errors
    /// As of [`Self::call`].
    pub fn signal(&mut self) -> Result<Message> {
        if let Some(signal) = self.signals.pop_front() {
            return Ok(signal);
        }
        loop {
            let message = self.message()?;
            if message.kind == Kind::Signal {
                return Ok(message);
            }
        }
    }

    fn message(&mut self) -> Result<Message> {
        let mut fixed = [0; FIXED_LENGTH];
        self.receive(&mut fixed)?;
        let mut bytes = vec![0; total_length(&fixed)?];
        bytes[..FIXED_LENGTH].copy_from_slice(&fixed);
        self.receive(&mut bytes[FIXED_LENGTH..])?;
        decode(&bytes)
    }

    fn send(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let sent = retry_on_intr(|| send(&self.socket, bytes, SendFlags::NOSIGNAL));
            bytes = &bytes[sent.call("send", "to the bus")?..];
        }
        Ok(())
    }

    /// Fills the buffer.
    fn receive(&mut self, buffer: &mut [u8]) -> Result<()> {
        let mut length = 0;
        while length < buffer.len() {
            let is_there = wait_readable(self.socket.as_fd(), self.deadline).call("poll", "")?;
            if !is_there {
                return Err(Error::call("recv", Errno::TIMEDOUT, "from the bus"));
            }
            let rest = &mut buffer[length..];
            let received = retry_on_intr(|| recv(&self.socket, &mut *rest, RecvFlags::empty()));
            match received.call("recv", "from the bus")? {
                (0, _) => return Err(Error::call("recv", Errno::CONNRESET, "from the bus")),
                (count, _) => length += count,
            }
        }
        Ok(())
    }
}

/// Connecting and sending wait for a bus that is busy, but not for ever.
fn open(path: &str, deadline: Deadline) -> std::result::Result<OwnedFd, Errno> {
    let kind = SocketType::STREAM;
    let socket = socket_with(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?;
    set_socket_timeout(&socket, Timeout::Send, deadline.rest())?;
    let address = match path.strip_prefix('@') {
        Some(name) => SocketAddrUnix::new_abstract_name(name.as_bytes())?,
        None => SocketAddrUnix::new(path)?,
    };
    retry_on_intr(|| connect(&socket, &address))?;
    Ok(socket)
}
