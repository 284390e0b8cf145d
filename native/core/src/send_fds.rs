//! Sends descriptors to a Unix socket (`SCM_RIGHTS`): console socket, pidfd socket, seccomp listener.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{IoSlice, retry_on_intr};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix,
    SocketFlags, SocketType, connect, sendmsg, socket_with,
};
use std::mem::MaybeUninit;

use crate::beneath::open_parent;
use crate::error::{Call, Result};

/// Connects to the stream socket at `path` and sends `text` with the descriptors in one message.
///
/// # Errors
/// What connect(2) and sendmsg(2) say.
pub fn send_fds(path: &str, fds: &[BorrowedFd<'_>], text: &str) -> Result<()> {
    let socket = connect_to(path, SocketType::STREAM)?;
    send(&socket, fds, text.as_bytes()).call("sendmsg", path)
}

/// Connects to a Unix socket; by its directory where the path is over the 107 bytes of an address.
///
/// # Errors
/// What open(2), socket(2) and connect(2) say.
pub fn connect_to(path: &str, kind: SocketType) -> Result<OwnedFd> {
    let socket =
        socket_with(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None).call("socket", path)?;
    if let Ok(address) = SocketAddrUnix::new(path) {
        retry_on_intr(|| connect(&socket, &address)).call("connect", path)?;
        return Ok(socket);
    }
    let (dir, name) = open_parent(path)?;
    let address = SocketAddrUnix::new(beneath_descriptor(&dir, name)).call("connect", path)?;
    retry_on_intr(|| connect(&socket, &address)).call("connect", path)?;
    Ok(socket)
}

/// A path to `name` in an open directory.
#[must_use]
pub fn beneath_descriptor(dir: &OwnedFd, name: &str) -> String {
    use rustix::fd::AsRawFd;
    format!("/proc/self/fd/{}/{name}", dir.as_raw_fd())
}

/// Sends one message with descriptors.
///
/// # Errors
/// What sendmsg(2) says.
pub fn send(
    socket: impl AsFd,
    fds: &[BorrowedFd<'_>],
    bytes: &[u8],
) -> std::result::Result<(), rustix::io::Errno> {
    let socket = socket.as_fd();
    let mut space = vec![MaybeUninit::uninit(); SendAncillaryMessage::ScmRights(fds).size()];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(fds));
    }
    retry_on_intr(|| {
        sendmsg(
            socket,
            &[IoSlice::new(bytes)],
            &mut control,
            SendFlags::NOSIGNAL,
        )
    })
    .map(|_| ())
}
