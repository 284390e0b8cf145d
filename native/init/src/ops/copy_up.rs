//! tmpcopyup: what the directory under a tmpfs holds is copied into it first.

use crate::failure::{During, Failure, failed};
use core::ffi::CStr;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, FileType, Gid, Mode, OFlags, RawDir, Stat, Uid, chmodat, chownat, mkdirat, mknodat,
    openat, readlinkat_raw, statat, symlinkat,
};
use rustix::io::Errno;

/// Directories deeper than this are no image's: each level takes a directory buffer of the stack.
const MAX_DEPTH: u32 = 64;

/// Copies the contents of `from` into `to`: files, directories, links and nodes with owner and mode.
pub fn copy(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> Result<(), Failure> {
    let source = openat(
        from,
        c".",
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .during("openat")?;
    copy_directory(source.as_fd(), to, 0)
}

fn copy_directory(from: BorrowedFd<'_>, to: BorrowedFd<'_>, depth: u32) -> Result<(), Failure> {
    if depth == MAX_DEPTH {
        return failed("tmpcopyup", Errno::NAMETOOLONG);
    }
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut entries = RawDir::new(from, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry.during("getdents64")?;
        let name = entry.file_name();
        if name != c"." && name != c".." {
            copy_entry(from, to, name, depth)?;
        }
    }
    Ok(())
}

fn copy_entry(
    from: BorrowedFd<'_>,
    to: BorrowedFd<'_>,
    name: &CStr,
    depth: u32,
) -> Result<(), Failure> {
    let stat = statat(from, name, AtFlags::SYMLINK_NOFOLLOW).during("newfstatat")?;
    let kind = FileType::from_raw_mode(stat.st_mode);
    match kind {
        FileType::Directory => {
            mkdirat(to, name, Mode::from_raw_mode(0o700)).during("mkdirat")?;
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let source = openat(from, name, flags, Mode::empty()).during("openat")?;
            let target = openat(to, name, flags, Mode::empty()).during("openat")?;
            copy_directory(source.as_fd(), target.as_fd(), depth + 1)?;
        }
        FileType::RegularFile => copy_file(from, to, name)?,
        FileType::Symlink => {
            let mut bytes = [0_u8; 4096];
            let _length = readlinkat_raw(from, name, &mut bytes[..4095]).during("readlinkat")?;
            let target = CStr::from_bytes_until_nul(&bytes)
                .map_err(|_| Errno::INVAL)
                .during("readlinkat")?;
            symlinkat(target, to, name).during("symlinkat")?;
        }
        _ => mknodat(
            to,
            name,
            kind,
            Mode::from_raw_mode(stat.st_mode & 0o7777),
            stat.st_rdev,
        )
        .during("mknodat")?,
    }
    take_over(to, name, kind, &stat)
}

fn take_over(to: BorrowedFd<'_>, name: &CStr, kind: FileType, stat: &Stat) -> Result<(), Failure> {
    let owner = (
        Some(Uid::from_raw(stat.st_uid)),
        Some(Gid::from_raw(stat.st_gid)),
    );
    chownat(to, name, owner.0, owner.1, AtFlags::SYMLINK_NOFOLLOW).during("fchownat")?;
    if kind == FileType::Symlink {
        return Ok(());
    }
    // After chown, which clears the set-id bits.
    chmodat(
        to,
        name,
        Mode::from_raw_mode(stat.st_mode & 0o7777),
        AtFlags::empty(),
    )
    .during("fchmodat")
}

fn copy_file(from: BorrowedFd<'_>, to: BorrowedFd<'_>, name: &CStr) -> Result<(), Failure> {
    let source = openat(
        from,
        name,
        // A fifo put in its place meanwhile would hold up whoever opens it.
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .during("openat")?;
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
    let target: OwnedFd = openat(to, name, flags, Mode::from_raw_mode(0o600)).during("openat")?;
    loop {
        match rustix::fs::sendfile(&target, &source, None, 1 << 30) {
            Ok(0) => return Ok(()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return failed("sendfile", errno),
        }
    }
}
