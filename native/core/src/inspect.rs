//! What kind of file a path of the host is, and how its content begins: for advice, never for a decision of the core.

use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;

use crate::error::{Call, Result};
use crate::io::read_short;

/// A file, a directory or something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// `st_mode`: type and permissions.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// The first bytes of a regular file: of a program its header, those of its segments, the name of its loader. Else empty.
    pub head: Vec<u8>,
}

/// Looks at `path`, following links; `None` when there is nothing.
///
/// # Errors
/// What open(2), stat(2) and read(2) say.
pub fn inspect(path: &str) -> Result<Option<Inspected>> {
    // By O_PATH first: opening a pipe or a device could wait, or do something.
    let place = match openat(CWD, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()) {
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
        opened => opened.call("openat", path)?,
    };
    let stat = fstat(&place).call("fstat", path)?;
    let head = if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(CWD, path, flags, Mode::empty()).call("openat", path)?;
        read_short(&file).call("read", path)?
    } else {
        Vec::new()
    };
    Ok(Some(Inspected {
        mode: stat.st_mode,
        uid: stat.st_uid,
        gid: stat.st_gid,
        head,
    }))
}

#[cfg(test)]
mod tests {
    use super::inspect;

    #[test]
    fn tells_files_from_directories_and_nothing() {
        let program = inspect("/proc/self/exe").expect("looked").expect("there");
        assert!(program.head.starts_with(b"\x7fELF"));
        assert_eq!(program.mode & 0o170_000, 0o100_000);
        let directory = inspect("/").expect("looked").expect("there");
        assert!(directory.head.is_empty());
        assert_eq!(directory.mode & 0o170_000, 0o040_000);
        assert_eq!(inspect("/nonexistent/x").expect("looked"), None);
    }
}
