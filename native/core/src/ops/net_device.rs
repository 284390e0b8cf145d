//! Moves a network device of the host into the init's network namespace, with its addresses, which the kernel drops at the
//! move, and sets it up there. Spec: config-linux.md#network-devices

use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{Mode, OFlags, open as open_file, openat};
use rustix::io::Errno;
use rustix::net::netdevice::name_to_index;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::Target;
use super::netlink::{Message, attributes, open};
use crate::error::{Call, Error, Result};

const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const NLM_F_CREATE_EXCL: u16 = 0x600;
const IFF_UP: u32 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_NET_NS_FD: u16 = 28;
/// `IFA_LABEL`, which begins with the device's name, perhaps another now, and `IFA_CACHEINFO`, lifetimes.
const NOT_KEPT: [u16; 2] = [3, 6];
const IFA_F_PERMANENT: u8 = 0x80;
const RT_SCOPE_UNIVERSE: u8 = 0;
/// `struct ifaddrmsg`: family, prefix length, flags, scope, index.
const ADDRESS_HEAD: usize = 8;

/// Moves `name` there, under `new_name` where that is not empty, and sets it up. In `new_name`, `%d` stands for a number that
/// the kernel chooses. A namespace that is `joined` by path is opened by it: the init may not be in it yet.
pub fn move_in(target: &mut Target, name: &str, new_name: &str, joined: &str) -> Result<()> {
    let socket = open().call("socket", "netlink")?;
    let index = name_to_index(&socket, name).call("ioctl", name)?;
    let addresses = addresses(&socket, index).call("netlink", format!("addresses of {name}"))?;
    let namespace = match joined {
        "" => namespace(target)?,
        path => {
            open_file(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).call("open", path)?
        }
    };
    let inside = open_inside(&namespace)?;
    let place = Place::find(&inside, if new_name.is_empty() { name } else { new_name })?;

    let mut message = Message::new(RTM_NEWLINK, 0, &link_head(index, 0));
    let number = namespace.as_raw_fd().cast_unsigned();
    message.attribute(IFLA_NET_NS_FD, &number.to_ne_bytes());
    if !new_name.is_empty() {
        message.attribute(IFLA_IFNAME, format!("{new_name}\0").as_bytes());
    }
    message
        .request(&socket)
        .call("netlink", format!("move network device {name}"))?;

    let index = place.index(&inside)?;
    for address in &addresses {
        add_address(&inside, index, address)
            .call("netlink", format!("address of network device {name}"))?;
    }
    Message::new(RTM_NEWLINK, 0, &link_head(index, IFF_UP))
        .request(&inside)
        .call("netlink", format!("set network device {name} up"))
}

/// Where the device will be found after the move.
enum Place<'name> {
    Name(&'name str),
    /// The one that was not there before.
    NewBeside(Vec<u32>),
}

impl<'name> Place<'name> {
    /// A name that is taken is found here: the kernel moves a device first and refuses to rename it then.
    fn find(inside: &OwnedFd, name: &'name str) -> Result<Self> {
        if name.contains('%') {
            return links(inside).map(Self::NewBeside);
        }
        if name_to_index(inside, name).is_ok() {
            let text = format!("the container's network namespace has a device {name} already");
            return Err(Errno::EXIST).call("netlink", text);
        }
        Ok(Self::Name(name))
    }

    fn index(&self, inside: &OwnedFd) -> Result<u32> {
        match self {
            Self::Name(name) => name_to_index(inside, name).call("ioctl", *name),
            Self::NewBeside(before) => links(inside)?
                .into_iter()
                .find(|index| !before.contains(index))
                .ok_or_else(|| Error::text("the network device that was moved is not there")),
        }
    }
}

/// The indexes of all devices of a namespace.
fn links(inside: &OwnedFd) -> Result<Vec<u32>> {
    let all = Message::new(RTM_GETLINK, 0, &link_head(0, 0))
        .dump(inside)
        .call("netlink", "network devices of the container")?;
    let index_of = |link: &Vec<u8>| Some(u32::from_ne_bytes(link.get(4..8)?.try_into().ok()?));
    Ok(all.iter().filter_map(index_of).collect())
}

fn namespace(target: &mut Target) -> Result<OwnedFd> {
    // The link in /proc/PID/ns is one of the kind that open_beneath refuses.
    let dir = target.proc_dir()?;
    openat(
        dir,
        "ns/net",
        OFlags::RDONLY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .call("openat", "ns/net")
}

/// `struct ifinfomsg`: family, type, index, flags, and which of them are to change.
fn link_head(index: u32, flags: u32) -> [u8; 16] {
    let mut head = [0; 16];
    head[4..8].copy_from_slice(&index.to_ne_bytes());
    head[8..12].copy_from_slice(&flags.to_ne_bytes());
    head[12..16].copy_from_slice(&flags.to_ne_bytes());
    head
}

/// The addresses that somebody gave the device: what the kernel or a router made is made anew there.
fn addresses(socket: &OwnedFd, index: u32) -> std::result::Result<Vec<Vec<u8>>, Errno> {
    let all = Message::new(RTM_GETADDR, 0, &[0; ADDRESS_HEAD]).dump(socket)?;
    let is_ours = |address: &Vec<u8>| {
        let head = address.get(..ADDRESS_HEAD);
        head.is_some_and(|head| {
            head[2] & IFA_F_PERMANENT != 0
                && head[3] == RT_SCOPE_UNIVERSE
                && head[4..8] == index.to_ne_bytes()
        })
    };
    Ok(all.into_iter().filter(is_ours).collect())
}

/// A socket in another network namespace: made by a thread of its own, which alone enters it, and ends.
fn open_inside(namespace: &OwnedFd) -> Result<OwnedFd> {
    let enter = || {
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
            .call("setns", "network namespace")?;
        open().call("socket", "netlink")
    };
    std::thread::scope(|scope| scope.spawn(enter).join())
        .unwrap_or_else(|_| Err(Error::text("a thread panicked")))
}

fn add_address(socket: &OwnedFd, index: u32, address: &[u8]) -> std::result::Result<(), Errno> {
    let (head, rest) = address.split_at(ADDRESS_HEAD);
    let mut head = head.to_vec();
    head[4..8].copy_from_slice(&index.to_ne_bytes());
    let mut message = Message::new(RTM_NEWADDR, NLM_F_CREATE_EXCL, &head);
    for (kind, value) in attributes(rest).filter(|(kind, _)| !NOT_KEPT.contains(kind)) {
        message.attribute(kind, value);
    }
    match message.request(socket) {
        Err(Errno::EXIST) => Ok(()),
        result => result,
    }
}
