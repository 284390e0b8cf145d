//! Runs a program of the host to its end and keeps what it prints, as a shell's $(...) does.

use rustix::fd::AsFd;
use rustix::fs::{Mode, OFlags, open};
use rustix::pipe::{PipeFlags, pipe_with};
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use trunc_sys::spawn::{Program, Spawn};

use crate::error::{Call, Error, Result};
use crate::io::read_to_end;
use crate::spawn::{Exit, above, reap, spawn, text, texts};

/// More is a mistake.
const MAX_OUTPUT: usize = 64 * 1024 * 1024;

/// How it went.
#[derive(Clone, Debug)]
pub struct Captured {
    /// How it ended.
    pub exit: Exit,
    /// Its standard output and standard error, in the order in which they came.
    pub output: String,
}

/// Runs the program at an absolute path, in this process's environment, with nothing to read.
///
/// # Errors
/// The first call that failed, as `execve`. A program that fails is no error.
pub fn capture(path: &str, args: &[String]) -> Result<Captured> {
    let null = open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
        .call("open", "/dev/null")?;
    let (output, input) = pipe_with(PipeFlags::CLOEXEC).call("pipe2", "")?;
    let program = text(path)?;
    let streams = [above(null.as_fd(), 3)?, above(input.as_fd(), 3)?];
    let request = Spawn {
        namespaces: 0,
        cgroup: None,
        program: Program::Path(&program),
        descriptors: &[
            (streams[0].as_fd(), 0),
            (streams[1].as_fd(), 1),
            (streams[1].as_fd(), 2),
        ],
        keep: 3,
        ignored_signals: crate::process::ignored_signals()?,
        directory: None,
        own_group: false,
        ambient: false,
    };
    let child = spawn(&request, &texts(args)?, &environment())?;
    drop(streams);
    drop(input);
    let bytes = read_to_end(&output, MAX_OUTPUT).call("read", path);
    // One that prints for ever ends by the pipe that is closed now.
    drop(output);
    let exit = reap(child.pidfd.as_fd(), false)?.unwrap_or(Exit::Code(255));
    let bytes = bytes?;
    if bytes.len() > MAX_OUTPUT {
        return Err(Error::text(format!(
            "{path} prints more than {MAX_OUTPUT} bytes"
        )));
    }
    Ok(Captured {
        exit,
        output: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

fn environment() -> Vec<CString> {
    std::env::vars_os()
        .filter_map(|(name, value)| {
            let entry = [name.as_bytes(), b"=", value.as_bytes()].concat();
            CString::new(entry).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::capture;
    use crate::spawn::Exit;

    #[test]
    fn both_streams_are_kept() {
        let args = ["sh", "-c", "echo one; echo two >&2; cat; exit 3"].map(str::to_owned);
        let captured = capture("/bin/sh", &args).expect("runs");
        assert_eq!(captured.exit, Exit::Code(3));
        assert_eq!(captured.output, "one\ntwo\n");
        assert!(capture("/no/such/program", &args).is_err());
    }
}
