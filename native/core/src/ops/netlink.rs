//! Messages of rtnetlink(7): built, sent, answered.

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};

const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLM_F_DUMP: u16 = 0x300;
/// `struct nlmsghdr`.
const HEADER: usize = 16;

/// A socket in the network namespace of the calling thread.
pub fn open() -> Result<OwnedFd, Errno> {
    // Protocol 0 is NETLINK_ROUTE.
    socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        None,
    )
}

/// A message in the making.
pub struct Message(Vec<u8>);

impl Message {
    /// A message of this kind with the fixed part that its kind has.
    pub fn new(kind: u16, flags: u16, fixed: &[u8]) -> Self {
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&(NLM_F_REQUEST | flags).to_ne_bytes());
        bytes.extend(fixed);
        Self(bytes)
    }

    /// Adds a `struct rtattr`, padded to four bytes.
    pub fn attribute(&mut self, kind: u16, value: &[u8]) {
        let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
        self.0.extend(length.to_ne_bytes());
        self.0.extend(kind.to_ne_bytes());
        self.0.extend(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    fn send(mut self, socket: &OwnedFd, flags: u16) -> Result<(), Errno> {
        let length = u32::try_from(self.0.len()).map_err(|_| Errno::TOOBIG)?;
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        let flags = u16::from_ne_bytes([self.0[6], self.0[7]]) | flags;
        self.0[6..8].copy_from_slice(&flags.to_ne_bytes());
        sendto(
            socket,
            &self.0,
            SendFlags::empty(),
            &SocketAddrNetlink::new(0, 0),
        )
        .map(|_| ())
    }

    /// Sends it and waits until it is done.
    pub fn request(self, socket: &OwnedFd) -> Result<(), Errno> {
        self.send(socket, NLM_F_ACK)?;
        let answer = receive(socket)?;
        messages(&answer)
            .next()
            .map_or(Err(Errno::BADMSG), |(kind, body)| outcome(kind, body))
    }

    /// Sends it and collects all messages that answer it, without their headers.
    pub fn dump(self, socket: &OwnedFd) -> Result<Vec<Vec<u8>>, Errno> {
        self.send(socket, NLM_F_DUMP)?;
        let mut found = Vec::new();
        loop {
            let answer = receive(socket)?;
            for (kind, body) in messages(&answer) {
                match kind {
                    NLMSG_DONE => return Ok(found),
                    NLMSG_ERROR => outcome(kind, body)?,
                    _ => found.push(body.to_vec()),
                }
            }
        }
    }
}

fn receive(socket: &OwnedFd) -> Result<Vec<u8>, Errno> {
    // The kernel sends dumps in pieces of at most 32 KiB.
    let mut bytes = vec![0; 32 * 1024];
    let (count, _) =
        rustix::io::retry_on_intr(|| recv(socket, &mut bytes[..], RecvFlags::empty()))?;
    bytes.truncate(count);
    Ok(bytes)
}

/// `struct nlmsgerr`: 0 or a negative errno.
fn outcome(kind: u16, body: &[u8]) -> Result<(), Errno> {
    let error = body
        .get(..4)
        .and_then(|error| error.try_into().ok())
        .map(i32::from_ne_bytes);
    match (kind, error) {
        (NLMSG_ERROR, Some(0)) => Ok(()),
        (NLMSG_ERROR, Some(error)) => Err(Errno::from_raw_os_error(error.wrapping_neg())),
        _ => Err(Errno::BADMSG),
    }
}

/// Kind and body of each message in a datagram.
fn messages(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let length = u32::from_ne_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
        let kind = u16::from_ne_bytes(bytes.get(4..6)?.try_into().ok()?);
        let body = bytes.get(HEADER..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, body))
    })
}

/// Kind and value of each attribute.
pub fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?));
        let kind = u16::from_ne_bytes(bytes.get(2..4)?.try_into().ok()?);
        let value = bytes.get(4..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

#[cfg(test)]
mod tests {
    use super::{Message, attributes, open};

    #[test]
    fn attributes_come_back_as_they_went() {
        let mut message = Message::new(16, 0, &[]);
        message.attribute(3, b"eth0\0");
        message.attribute(28, &[1, 2, 3, 4]);
        let found: Vec<_> = attributes(&message.0[16..]).collect();
        assert_eq!(found, [(3, &b"eth0\0"[..]), (28, &[1, 2, 3, 4])]);
    }

    #[test]
    fn loopback_has_an_address_or_none() {
        // RTM_GETADDR with struct ifaddrmsg
        let found = Message::new(22, 0, &[0; 8])
            .dump(&open().expect("opened"))
            .expect("told");
        assert!(found.iter().all(|address| address.len() >= 8));
    }
}
