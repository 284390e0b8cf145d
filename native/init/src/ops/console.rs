//! The container's terminal.

use super::Init;
use super::rootfs::{BY_DESCRIPTOR, clone_at};
use crate::failure::{During, Failure, failed};
use crate::paths::{self, Kind};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{OFlags, Uid, fchown, fstat, fstatfs, makedev};
use rustix::io::Errno;
use rustix::mount::move_mount;
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use trunc_plan::message::{Report, ReportKind};

/// `DEVPTS_SUPER_MAGIC` of linux/magic.h.
const DEVPTS_MAGIC: i64 = 0x1cd1;

/// What `Console` asks for.
pub struct Terminal {
    pub bind: bool,
    pub width: u32,
    pub height: u32,
    pub uid: u32,
}

/// `Console`: the other end is opened by ioctl, never by path (CVE-2025-52565).
pub fn console(init: &mut Init, wanted: &Terminal, index: usize) -> Result<(), Failure> {
    let Terminal {
        bind,
        width,
        height,
        uid,
    } = *wanted;
    let master = open_master(init)?;
    unlockpt(&master).during("ioctl(TIOCSPTLCK)")?;
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let terminal = ioctl_tiocgptpeer(&master, flags).during("ioctl(TIOCGPTPEER)")?;
    if uid != 0 {
        fchown(&terminal, Some(Uid::from_raw(uid)), None).during("fchown")?;
    }
    set_size(terminal.as_fd(), width, height)?;
    if bind {
        bind_console(init, terminal.as_fd())?;
    }

    let mut report = Report::new(
        ReportKind::Console,
        u32::try_from(index).unwrap_or(Report::NO_OP),
    );
    report.value = 0;
    init.control
        .report(&report, Some(master.as_fd()))
        .during("sendmsg")?;
    drop(master);
    take_over(terminal.as_fd())
}

fn open_master(init: &Init) -> Result<OwnedFd, Failure> {
    let path = c"/dev/pts/ptmx";
    let master =
        paths::open(init.root()?, path, OFlags::RDWR | OFlags::NOCTTY).during("openat2")?;
    let device = fstat(&master).during("fstat")?.st_rdev;
    let filesystem = fstatfs(&master).during("fstatfs")?.f_type;
    if device != makedev(5, 2) || filesystem != DEVPTS_MAGIC {
        return failed("openat2", Errno::NOTTY);
    }
    Ok(master)
}

fn set_size(terminal: BorrowedFd<'_>, width: u32, height: u32) -> Result<(), Failure> {
    let (Ok(columns), Ok(rows)) = (u16::try_from(width), u16::try_from(height)) else {
        return failed("ioctl(TIOCSWINSZ)", Errno::INVAL);
    };
    if columns == 0 && rows == 0 {
        return Ok(());
    }
    let size = Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(terminal, size).during("ioctl(TIOCSWINSZ)")
}

fn bind_console(init: &mut Init, terminal: BorrowedFd<'_>) -> Result<(), Failure> {
    match init.tree()?.open(c"/dev", OFlags::PATH | OFlags::DIRECTORY) {
        // An image without /dev has no console either.
        Err(Errno::NOENT) => return Ok(()),
        other => drop(other.during("openat2")?),
    }
    let (target, _) = init.target(c"/dev/console", Kind::File)?;
    let console = clone_at(terminal, false).during("open_tree")?;
    move_mount(&console, c"", &target, c"", BY_DESCRIPTOR).during("move_mount")
}

/// Makes it the controlling terminal and the standard descriptors. The init leads a session by now.
fn take_over(terminal: BorrowedFd<'_>) -> Result<(), Failure> {
    rustix::process::ioctl_tiocsctty(terminal).during("ioctl(TIOCSCTTY)")?;
    for number in 0..3 {
        trunc_sys::descriptors::duplicate_to(terminal, number).during("dup3")?;
    }
    Ok(())
}
