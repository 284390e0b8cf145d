//! Text files of the state directory and the bundle: read whole, written whole or not at all.

use rustix::fs::{Mode, OFlags, open, rename, unlink};
use rustix::io::Errno;

use crate::error::{Call, Error, Result};
use crate::io::{read_to_end, write_all};

/// A text file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// All of it.
    pub text: String,
    /// 16 or more digits follow each other somewhere: an integer in it may be too big for a double.
    pub has_big_integers: bool,
}

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// What open(2) and read(2) say; when the file is longer or is not UTF-8.
pub fn read(path: &str, limit: usize) -> Result<TextFile> {
    let file = open(
        path,
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY,
        Mode::empty(),
    )
    .call("open", path)?;
    let bytes = read_to_end(&file, limit).call("read", path)?;
    decode(bytes, path, limit)
}

/// Reads all of this process's standard input, at most `limit` bytes.
///
/// # Errors
/// What read(2) says; when there is more or it is not UTF-8.
pub fn read_stdin(limit: usize) -> Result<TextFile> {
    let bytes = read_to_end(rustix::stdio::stdin(), limit).call("read", "standard input")?;
    decode(bytes, "standard input", limit)
}

fn decode(bytes: Vec<u8>, path: &str, limit: usize) -> Result<TextFile> {
    if bytes.len() > limit {
        return Err(Error::text(format!("{path} is over {limit} bytes long")));
    }
    let has_big_integers = has_big_integers(&bytes);
    let text = String::from_utf8(bytes).map_err(|_| Error::text(format!("{path} is not UTF-8")))?;
    Ok(TextFile {
        text,
        has_big_integers,
    })
}

fn has_big_integers(bytes: &[u8]) -> bool {
    let mut run = 0;
    bytes.iter().any(|byte| {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        run >= 16
    })
}

/// Replaces a file, or makes it: readers see the old text or the new one.
///
/// # Errors
/// What open(2), write(2) and rename(2) say; no temporary file stays.
pub fn write(path: &str, text: &str, mode: u32) -> Result<()> {
    replace(path, text, mode, ".tmp")
}

/// Writes a new file as runc writes pid files: `.NAME`, which must not exist, is renamed to `NAME`.
///
/// # Errors
/// What open(2), write(2) and rename(2) say; no temporary file stays.
pub fn write_new(path: &str, text: &str, mode: u32) -> Result<()> {
    replace(path, text, mode, "")
}

fn replace(path: &str, text: &str, mode: u32, suffix: &str) -> Result<()> {
    let (dir, name) = path
        .rsplit_once('/')
        .map_or(("", path), |(dir, name)| (&path[..=dir.len()], name));
    let temporary = format!("{dir}.{name}{suffix}");
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = match open(&temporary, flags, Mode::from_raw_mode(mode)) {
        // Left behind by a writer that was killed; the callers hold a lock.
        Err(Errno::EXIST) if !suffix.is_empty() => {
            unlink(&temporary).call("unlink", path)?;
            open(&temporary, flags, Mode::from_raw_mode(mode)).call("open", path)?
        }
        result => result.call("open", path)?,
    };
    let written = write_all(&file, text.as_bytes()).call("write", path);
    written
        .and_then(|()| rename(&temporary, path).call("rename", path))
        .inspect_err(|_| {
            let _gone = unlink(&temporary);
        })
}

/// Appends to a file, or makes it.
///
/// # Errors
/// What open(2) and write(2) say.
pub fn append(path: &str, text: &str, mode: u32) -> Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = open(path, flags, Mode::from_raw_mode(mode)).call("open", path)?;
    write_all(&file, text.as_bytes()).call("write", path)
}

#[cfg(test)]
mod tests {
    use super::{append, has_big_integers, read, write, write_new};

    #[test]
    fn big_integers_are_runs_of_sixteen_digits() {
        assert!(!has_big_integers(b"123456789012345 6789012345"));
        assert!(has_big_integers(b"{\"a\": 1234567890123456}"));
    }

    #[test]
    fn files_are_written_whole() {
        let dir = std::env::temp_dir().join(format!("trunc-text-{}", std::process::id()));
        std::fs::create_dir(&dir).expect("a fresh directory");
        let path = dir.join("state.json");
        let path = path.to_str().expect("UTF-8");

        write(path, "one", 0o600).expect("written");
        std::fs::write(dir.join(".state.json.tmp"), "left behind").expect("written");
        write(path, "two", 0o600).expect("written again");
        append(path, "!", 0o600).expect("appended");
        assert_eq!(read(path, 100).expect("read").text, "two!");
        assert!(read(path, 3).is_err());

        let pid_file = dir.join("pid");
        write_new(pid_file.to_str().expect("UTF-8"), "1", 0o644).expect("written");
        std::fs::write(dir.join(".pid"), "").expect("written");
        let refused =
            write_new(pid_file.to_str().expect("UTF-8"), "2", 0o644).expect_err("in the way");
        assert_eq!(refused.errno, Some(rustix::io::Errno::EXIST));
        std::fs::remove_dir_all(&dir).expect("removed");
    }
}
