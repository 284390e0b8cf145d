//! Paths of the container: each is resolved once beneath the root file system, to a descriptor. What is missing is made one
//! component at a time, so that no link in the image leads out of the root (CVE-2021-30465, CVE-2024-45310).

use crate::failure::{During, Failure, failed};
use crate::text::PathBuffer;
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, ResolveFlags, mkdirat, openat, openat2, readlinkat_raw, statat,
};
use rustix::io::Errno;

/// openat2(2) gives `EAGAIN` when something was renamed or mounted anywhere meanwhile: 2% of calls on a busy machine.
const RETRIES: usize = 128;
/// As many links as the kernel follows in one path.
const MAX_LINKS: usize = 40;

/// Opens a path beneath `root`, following links inside it.
pub fn open(root: BorrowedFd<'_>, path: &CStr, flags: OFlags) -> Result<OwnedFd, Errno> {
    open_with(
        root,
        path,
        flags,
        ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS,
    )
}

/// Opens a path beneath `root` that must have no links at all.
pub fn open_without_links(
    root: BorrowedFd<'_>,
    path: &CStr,
    flags: OFlags,
) -> Result<OwnedFd, Errno> {
    open_with(
        root,
        path,
        flags,
        ResolveFlags::IN_ROOT | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS,
    )
}

fn open_with(
    root: BorrowedFd<'_>,
    path: &CStr,
    flags: OFlags,
    resolve: ResolveFlags,
) -> Result<OwnedFd, Errno> {
    for _ in 0..RETRIES {
        match openat2(root, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            other => return other,
        }
    }
    Err(Errno::AGAIN)
}

/// What a missing path becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// An empty file.
    File,
}

/// Makes every missing directory above the last component. A dangling link on the way is read and its target made, as the
/// image meant it (`/var/run` pointing at a missing `/run`).
pub fn make_parents(root: BorrowedFd<'_>, path: &CStr) -> Result<(OwnedFd, PathBuffer), Failure> {
    let mut path = buffer_of(path.to_bytes())?;
    for _ in 0..MAX_LINKS {
        let (existing, parent) = deepest(root, path.as_bytes())?;
        match make_missing(parent, &path.as_bytes()[existing..])? {
            Made::Parent(parent, name) => return Ok((parent, name)),
            // The component at `at` is a link to something missing: go on with what it points at.
            Made::Dangling(link, at) => path = replace_link(&path, existing + at, &link)?,
        }
    }
    failed("openat2", Errno::LOOP)
}

/// The longest part of a path that is there, and it opened.
fn deepest(root: BorrowedFd<'_>, path: &[u8]) -> Result<(usize, OwnedFd), Failure> {
    let mut end = path.len();
    loop {
        end = path[..end]
            .iter()
            .rposition(|byte| *byte == b'/')
            .unwrap_or(0);
        let mut prefix = buffer_of(&path[..end])?;
        if end == 0 {
            prefix.push(b"/");
        }
        match open(root, prefix.as_c_str(), OFlags::PATH | OFlags::DIRECTORY) {
            Ok(directory) => return Ok((end, directory)),
            Err(Errno::NOENT) if end > 0 => {}
            Err(errno) => return failed("openat2", errno),
        }
    }
}

enum Made {
    /// Every directory is there; the last component's name.
    Parent(OwnedFd, PathBuffer),
    /// A component is a dangling link: its target, and where the component ends.
    Dangling(PathBuffer, usize),
}

/// Makes the directories of `rest` one by one, down to the last component.
fn make_missing(mut parent: OwnedFd, rest: &[u8]) -> Result<Made, Failure> {
    let mut at = 0;
    loop {
        at += rest[at..].iter().take_while(|byte| **byte == b'/').count();
        let length = rest[at..]
            .iter()
            .position(|byte| *byte == b'/')
            .unwrap_or(rest.len() - at);
        let name = buffer_of(&rest[at..at + length])?;
        if name.as_bytes().is_empty() || name.as_bytes() == b".." {
            return failed("mkdirat", Errno::INVAL);
        }
        at += length;
        if let Some(link) = dangling_link(parent.as_fd(), name.as_c_str()) {
            return Ok(Made::Dangling(link, at));
        }
        if rest[at..].iter().all(|byte| *byte == b'/') {
            return Ok(Made::Parent(parent, name));
        }
        match mkdirat(&parent, name.as_c_str(), MODE) {
            Ok(()) | Err(Errno::EXIST) => parent = open_directory(parent.as_fd(), name.as_c_str())?,
            Err(errno) => return failed("mkdirat", errno),
        }
    }
}

fn open_directory(parent: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Failure> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(parent, name, flags, Mode::empty()).during("openat")
}

fn dangling_link(parent: BorrowedFd<'_>, name: &CStr) -> Option<PathBuffer> {
    let mut bytes = [0_u8; 4096];
    let length = readlinkat_raw(parent, name, &mut bytes[..]).ok()?;
    buffer_of(&bytes[..length]).ok()
}

/// `path` with the link that ends at `end` replaced by its target.
fn replace_link(path: &PathBuffer, end: usize, link: &PathBuffer) -> Result<PathBuffer, Failure> {
    let mut replaced = PathBuffer::new();
    let start = path.as_bytes()[..end]
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |at| at + 1);
    let relative = link.as_bytes().first() != Some(&b'/');
    let fits = (!relative || replaced.push(&path.as_bytes()[..start]))
        && replaced.push(link.as_bytes())
        && replaced.push(&path.as_bytes()[end..]);
    if fits {
        Ok(replaced)
    } else {
        failed("openat2", Errno::NAMETOOLONG)
    }
}

/// Mode of what is made: the umask is 0.
pub const MODE: Mode = Mode::from_raw_mode(0o755);

pub const fn call_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Directory => "mkdirat",
        Kind::File => "openat",
    }
}

pub fn make(parent: BorrowedFd<'_>, name: &CStr, kind: Kind) -> Result<(), Errno> {
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
    match kind {
        Kind::Directory => mkdirat(parent, name, MODE),
        Kind::File => openat(parent, name, flags, MODE).map(drop),
    }
}

/// Opens what was made just now; a link that was put in its place meanwhile is not followed.
pub fn open_made(parent: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Failure> {
    openat(
        parent,
        name,
        OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .during("openat")
}

/// What kind of file a descriptor refers to.
pub fn file_type(fd: BorrowedFd<'_>) -> Result<FileType, Errno> {
    let stat = statat(fd, c"", AtFlags::EMPTY_PATH)?;
    Ok(FileType::from_raw_mode(stat.st_mode))
}

pub fn buffer_of(bytes: &[u8]) -> Result<PathBuffer, Failure> {
    let mut buffer = PathBuffer::new();
    if buffer.push(bytes) {
        Ok(buffer)
    } else {
        failed("openat2", Errno::NAMETOOLONG)
    }
}
