//! Joining namespaces, and cloning again where only a child gets into the new ones (kernel.md order, setns(2)).

use crate::control::Control;
use crate::failure::{During, Failure, failed};
use core::ffi::CStr;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::thread::move_into_link_name_space;
use trunc_plan::message::{Command, Report, ReportKind};
use trunc_sys::clone::{Forked, fork};

const CLONE_PARENT: u64 = 0x8000;

/// A failure and the number of the operation that it belongs to.
pub type OpFailure = (u32, Failure);

/// Joins the namespaces that came with `command`, then clones this process again if that is asked for: then only the
/// clone returns.
#[inline(never)] // buffers: walk.rs
pub fn join(control: &mut Control, command: Command) -> Result<(), OpFailure> {
    let (mut fds, count) = control.take_fds();
    let fds = &mut fds[..count];
    let mut later = 0;
    if command.value & Command::HAS_USER != 0 {
        // What this process may not join now, it may as root of the joined user namespace, and the other way round.
        later = 1;
        for fd in fds.iter_mut().skip(1) {
            if fd
                .as_ref()
                .is_some_and(|fd| move_into_link_name_space(fd.as_fd(), None).is_ok())
            {
                *fd = None;
            }
        }
        enter(fds, 0)?;
        crate::ops::credentials::become_root().map_err(|failure| (Report::JOIN, failure))?;
    }
    for index in later..count {
        enter(fds, index)?;
    }
    if command.value & Command::CLONE_AGAIN != 0 {
        clone_again(control, command.value & 0xffff_ffff)
            .map_err(|failure| (Report::NO_OP, failure))?;
    }
    Ok(())
}

fn enter(fds: &mut [Option<OwnedFd>], index: usize) -> Result<(), OpFailure> {
    let Some(fd) = fds.get_mut(index).and_then(Option::take) else {
        return Ok(());
    };
    let op = Report::JOIN | u32::try_from(index).unwrap_or(0);
    move_into_link_name_space(fd.as_fd(), None)
        .during("setns")
        .map_err(|failure| (op, failure))
}

/// The child is the host side's child (`CLONE_PARENT`) and goes on as the init; this process ends.
pub fn clone_again(control: &Control, namespaces: u64) -> Result<(), Failure> {
    let forked = fork(namespaces | CLONE_PARENT, 0).during("clone3")?;
    let Forked::Parent(pid, pidfd) = forked else {
        return Ok(());
    };
    let mut report = Report::new(ReportKind::Pid, Report::NO_OP);
    report.value = u64::from(pid);
    match control.report(&report, Some(pidfd.as_fd())) {
        Ok(()) => trunc_sys::process::exit(0),
        Err(errno) => {
            // Nobody knows of it.
            let _gone = trunc_sys::signals::send(&pidfd, trunc_sys::signals::KILL);
            failed("sendmsg", errno)
        }
    }
}

/// Makes a time namespace with these offsets (none when empty) and enters it: the offsets of one made by clone3 can't be
/// set any more.
pub fn time_offsets(offsets: &CStr) -> Result<(), Failure> {
    const CLONE_NEWTIME: u32 = 0x80;
    trunc_sys::process::unshare_namespaces(CLONE_NEWTIME).during("unshare")?;
    if !offsets.is_empty() {
        write_offsets(offsets)?;
    }
    let path = c"/proc/self/ns/time_for_children";
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let namespace = open(path, flags, Mode::empty()).during("open")?;
    move_into_link_name_space(namespace.as_fd(), None).during("setns")
}

fn write_offsets(offsets: &CStr) -> Result<(), Failure> {
    let flags = OFlags::WRONLY | OFlags::CLOEXEC;
    let file = open(c"/proc/self/timens_offsets", flags, Mode::empty()).during("open")?;
    let written = rustix::io::write(&file, offsets.to_bytes()).during("write")?;
    if written == offsets.count_bytes() {
        Ok(())
    } else {
        failed("write", Errno::IO)
    }
}
