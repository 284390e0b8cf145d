//! Namespaces that exist already: opened, checked for their kind, told apart from those this process is in anyway.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, fstat, open, stat};
use rustix::io::Errno;
use trunc_plan::host_ops::Sandbox;
use trunc_plan::message::Command;

use crate::error::{Call, Error, Phase, Result};

const CLONE_NEWUSER: u32 = 0x1000_0000;
const CLONE_NEWPID: u32 = 0x2000_0000;

/// `CLONE_NEW*` bits and their names in /proc/PID/ns.
pub const KINDS: [(u32, &str); 8] = [
    (CLONE_NEWUSER, "user"),
    (CLONE_NEWPID, "pid"),
    (0x4000_0000, "net"),
    (0x0800_0000, "ipc"),
    (0x0400_0000, "uts"),
    (0x0002_0000, "mnt"),
    (0x0200_0000, "cgroup"),
    (0x0000_0080, "time"),
];

/// The namespaces to join, the user namespace first.
#[derive(Default)]
pub struct Joins {
    /// Index in the plan, and the namespace.
    opened: Vec<(u32, OwnedFd)>,
    has_user: bool,
    has_pid: bool,
}

impl Joins {
    /// Opens them.
    ///
    /// # Errors
    /// What open(2) says; `EINVAL` for a file that is no namespace of the kind asked for.
    pub fn open(sandbox: &Sandbox) -> Result<Self> {
        let mut joins = Self::default();
        for (index, join) in (0_u32..).zip(&sandbox.joins) {
            let fail = |error: Error| error.at(Phase::Join, Some(index));
            let Some(fd) = open_foreign(&join.path, join.kind.0).map_err(fail)? else {
                continue;
            };
            joins.has_pid |= join.kind.0 == CLONE_NEWPID;
            if join.kind.0 == CLONE_NEWUSER {
                joins.has_user = true;
                joins.opened.insert(0, (index, fd));
            } else {
                joins.opened.push((index, fd));
            }
        }
        Ok(joins)
    }

    /// Whether there is anything to join.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.opened.is_empty()
    }

    /// Whether the init has to clone itself again after joining: only children enter a joined pid namespace, and what is
    /// joined has to be joined before a user namespace is joined or made, which owns the namespaces made after it.
    #[must_use]
    pub const fn clone_again(&self, sandbox: &Sandbox) -> bool {
        self.has_user
            || self.has_pid
            || (!self.is_empty() && sandbox.namespaces.0 & CLONE_NEWUSER != 0)
    }

    /// The descriptors in order.
    #[must_use]
    pub fn fds(&self) -> Vec<BorrowedFd<'_>> {
        self.opened.iter().map(|(_, fd)| fd.as_fd()).collect()
    }

    /// The `value` of the message that goes with them.
    #[must_use]
    pub fn value(&self, sandbox: &Sandbox) -> u64 {
        let user = if self.has_user { Command::HAS_USER } else { 0 };
        let again = if self.clone_again(sandbox) {
            Command::CLONE_AGAIN | u64::from(sandbox.namespaces.0)
        } else {
            0
        };
        user | again
    }

    /// Index in the plan of the namespace whose descriptor has this index in the message.
    #[must_use]
    pub fn plan_index(&self, descriptor: u32) -> Option<u32> {
        self.opened
            .get(descriptor as usize)
            .map(|(index, _)| *index)
    }
}

/// `None` for the namespace that this process is in: joining one's own user namespace is an error (setns(2)).
fn open_foreign(path: &str, kind: u32) -> Result<Option<OwnedFd>> {
    let name = KINDS
        .iter()
        .find(|(bit, _)| *bit == kind)
        .map(|(_, name)| *name);
    let name = name.ok_or_else(|| Error::text(format!("{kind:#x} is no kind of namespace")))?;
    let fd = open(
        path,
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK,
        Mode::empty(),
    )
    .call("open", path)?;
    match trunc_sys::namespaces::kind(&fd) {
        Ok(found) if found == kind => {}
        Ok(_) | Err(Errno::NOTTY) => {
            return Err(Error::call(
                "ioctl",
                Errno::INVAL,
                format!("{path} is no {name} namespace"),
            ));
        }
        Err(errno) => return Err(Error::call("ioctl", errno, path)),
    }
    let theirs = fstat(&fd).call("fstat", path)?;
    let own = format!("/proc/self/ns/{name}");
    let ours = stat(&own).call("stat", &own)?;
    let is_ours = (theirs.st_dev, theirs.st_ino) == (ours.st_dev, ours.st_ino);
    Ok((!is_ours).then_some(fd))
}

#[cfg(test)]
mod tests {
    use super::Joins;
    use trunc_plan::host_ops::{Join, Sandbox};
    use trunc_plan::values::U32;

    fn sandbox(path: &str, kind: u32) -> Sandbox {
        let join = Join {
            at: String::new(),
            kind: U32(kind),
            path: path.to_owned(),
        };
        Sandbox {
            namespaces: U32(0),
            joins: vec![join],
            join_process: None,
            into_cgroup: String::new(),
            preserve_fds: U32(0),
        }
    }

    #[test]
    fn own_namespaces_are_not_joined() {
        let joins = Joins::open(&sandbox("/proc/self/ns/net", 0x4000_0000)).expect("opened");
        assert!(joins.is_empty());
    }

    #[test]
    fn other_files_are_refused() {
        let wrong = Joins::open(&sandbox("/proc/self/ns/net", 0x0400_0000))
            .err()
            .expect("refused");
        assert_eq!(
            wrong.to_string(),
            "ioctl /proc/self/ns/net is no uts namespace: invalid argument"
        );
        assert_eq!(wrong.op, Some(0));
        assert!(Joins::open(&sandbox("/dev/null", 0x0400_0000)).is_err());
    }
}
