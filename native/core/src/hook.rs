//! Runs a hook or a helper: exact environment, input written and output read without deadlock, a limit of time.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, fcntl_setfl, open};
use rustix::io::{Errno, read};
use rustix::net::{AddressFamily, Shutdown, SocketFlags, SocketType, shutdown, socketpair};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, kill_process_group};
use std::sync::Arc;

use crate::error::{Call, Result};
use crate::io::Deadline;
use crate::spawn::{Child, Exit, reap, spawn_program};

/// How much of the standard error is kept: its end.
const KEPT: usize = 1024;

/// A program to run.
#[derive(Clone, Debug, Default)]
pub struct Hook {
    /// Absolute path.
    pub path: String,
    /// All arguments, the program's name first.
    pub args: Vec<String>,
    /// The whole environment.
    pub env: Vec<String>,
    /// What it reads from its standard input.
    pub stdin: String,
    /// Working directory; empty for the caller's.
    pub cwd: String,
    /// Milliseconds; 0 waits for ever.
    pub timeout_ms: u32,
    /// A pidfd: the end of that process is the program's, for it is about nothing else.
    pub until: Option<Arc<OwnedFd>>,
}

/// How it went.
#[derive(Clone, Debug)]
pub struct HookResult {
    /// How it ended.
    pub exit: Exit,
    /// It was killed because its time was over.
    pub timed_out: bool,
    /// It was killed because the process that it was about had ended.
    pub orphaned: bool,
    /// The end of its standard error.
    pub stderr: String,
}

/// Runs a program to its end. Its standard output goes to /dev/null: the caller's may be read by an engine.
///
/// # Errors
/// The first call that failed, as `execve`. A program that fails is no error.
pub fn run(hook: &Hook) -> Result<HookResult> {
    let null = open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
        .call("open", "/dev/null")?;
    // A socket, because writing to a pipe whose reader is gone would raise SIGPIPE here.
    let (input, child_input) = socketpair(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )
    .call("socketpair", "")?;
    let (output, child_output) =
        pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).call("pipe2", "")?;
    fcntl_setfl(&child_output, OFlags::empty()).call("fcntl", "")?;
    fcntl_setfl(&input, OFlags::NONBLOCK).call("fcntl", "")?;

    let streams = [child_input.as_fd(), null.as_fd(), child_output.as_fd()];
    let child = spawn_program(&hook.path, &hook.args, &hook.env, &hook.cwd, streams)?;
    drop((child_input, child_output));

    let mut talk = Talk {
        input: Some(input),
        rest: hook.stdin.as_bytes(),
        output: Some(output),
        stderr: Vec::new(),
    };
    let end = talk
        .until_end(
            &child,
            hook.until.as_deref(),
            Deadline::after(hook.timeout_ms),
        )
        .inspect_err(|_| kill(&child))?;
    if end != End::Exit {
        kill(&child);
    }
    let exit = reap(child.pidfd.as_fd(), false)?.unwrap_or(Exit::Code(255));
    talk.read_rest();
    Ok(HookResult {
        exit,
        timed_out: end == End::Time,
        orphaned: end == End::Orphan,
        stderr: String::from_utf8_lossy(&talk.stderr).into_owned(),
    })
}

fn kill(child: &Child) {
    // Not reaped yet, it still holds its pid, which is its group's number too.
    if let Some(group) = i32::try_from(child.pid).ok().and_then(Pid::from_raw) {
        let _gone = kill_process_group(group, Signal::KILL);
    }
}

/// What ended the talk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Exit,
    Time,
    Orphan,
}

struct Talk<'a> {
    input: Option<OwnedFd>,
    rest: &'a [u8],
    output: Option<OwnedFd>,
    stderr: Vec<u8>,
}

impl Talk<'_> {
    fn until_end(
        &mut self,
        child: &Child,
        until: Option<&OwnedFd>,
        deadline: Deadline,
    ) -> Result<End> {
        loop {
            if self.rest.is_empty() {
                self.input
                    .take()
                    .map(|input| shutdown(&input, Shutdown::Write));
            }
            let mut fds = vec![PollFd::new(&child.pidfd, PollFlags::IN)];
            fds.extend(until.map(|pidfd| PollFd::new(pidfd, PollFlags::IN)));
            fds.extend(
                self.output
                    .iter()
                    .map(|output| PollFd::new(output, PollFlags::IN)),
            );
            fds.extend(
                self.input
                    .iter()
                    .map(|input| PollFd::new(input, PollFlags::OUT)),
            );
            match poll(&mut fds, deadline.timespec().as_ref()) {
                Ok(0) => return Ok(End::Time),
                Err(Errno::INTR) => continue,
                result => result.call("poll", "")?,
            };
            let has_exited = !fds[0].revents().is_empty();
            let is_orphan = until.is_some() && !fds[1].revents().is_empty();
            drop(fds);
            self.read_some();
            self.write_some();
            if has_exited {
                return Ok(End::Exit);
            }
            if is_orphan {
                return Ok(End::Orphan);
            }
        }
    }

    fn write_some(&mut self) {
        let Some(input) = &self.input else { return };
        match rustix::net::send(input, self.rest, rustix::net::SendFlags::NOSIGNAL) {
            Ok(count) => self.rest = &self.rest[count..],
            Err(Errno::AGAIN | Errno::INTR) => {}
            // It does not read: its own business.
            Err(_) => self.rest = &[],
        }
    }

    fn read_some(&mut self) {
        let Some(output) = &self.output else { return };
        let mut bytes = [0; 4096];
        match read(output, &mut bytes) {
            Ok(0) => self.output = None,
            Ok(count) => {
                self.stderr.extend(&bytes[..count]);
                let excess = self.stderr.len().saturating_sub(KEPT);
                self.stderr.drain(..excess);
            }
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => self.output = None,
        }
    }

    /// What is in the pipe after the exit; grandchildren may hold it open, so its end is not waited for.
    fn read_rest(&mut self) {
        let mut before = usize::MAX;
        while self.output.is_some() && self.stderr.len() != before {
            before = self.stderr.len();
            self.read_some();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Hook, run};
    use crate::spawn::Exit;
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    use std::process::Command;
    use std::sync::Arc;
    use std::time::Instant;

    fn shell(script: &str) -> Hook {
        Hook {
            path: "/bin/sh".to_owned(),
            args: vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()],
            cwd: "/".to_owned(),
            timeout_ms: 10_000,
            ..Hook::default()
        }
    }

    #[test]
    fn environment_is_exact_and_input_arrives() {
        let hook = Hook {
            env: vec!["A=b".to_owned()],
            stdin: "x".repeat(300_000),
            ..shell("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= >&2; wc -c >&2; exit 3")
        };
        let result = run(&hook).expect("runs");
        assert_eq!(result.exit, Exit::Code(3));
        assert_eq!(result.stderr, "A=b\n300000\n");
    }

    #[test]
    fn input_that_nobody_reads_is_no_failure() {
        let result = run(&Hook {
            stdin: "x".repeat(1 << 20),
            ..shell("exit 0")
        })
        .expect("runs");
        assert_eq!(result.exit, Exit::Code(0));
    }

    #[test]
    fn time_limit_kills_the_group() {
        let result = run(&Hook {
            timeout_ms: 50,
            ..shell("sleep 100 & echo late >&2; sleep 100")
        })
        .expect("runs");
        assert!(result.timed_out);
        assert_eq!(result.exit, Exit::Signal(9));
        assert_eq!(result.stderr, "late\n");
    }

    #[test]
    fn only_the_end_of_the_output_is_kept() {
        let result = run(&shell(
            "i=0; while [ $i -lt 500 ]; do echo 0123456789 >&2; i=$((i+1)); done; echo end >&2",
        ))
        .expect("runs");
        assert_eq!(result.stderr.len(), 1024);
        assert!(result.stderr.ends_with("end\n"));
    }

    #[test]
    fn the_end_of_what_it_is_about_is_its_own() {
        let started = Instant::now();
        let mut child = Command::new("/bin/true").spawn().expect("runs");
        let pid = Pid::from_child(&child);
        let until = pidfd_open(pid, PidfdFlags::empty()).expect("not reaped yet");
        let result = run(&Hook {
            timeout_ms: 60_000,
            until: Some(Arc::new(until)),
            ..shell("echo here >&2; exec sleep 50")
        })
        .expect("runs");
        child.wait().expect("reaped");
        assert!(result.orphaned && !result.timed_out);
        assert!(started.elapsed().as_secs() < 30, "did not wait for sleep");
    }

    #[test]
    fn missing_program_is_named() {
        let failed = run(&Hook {
            path: "/nonexistent/hook".to_owned(),
            ..Hook::default()
        })
        .expect_err("not there");
        assert_eq!(
            failed.to_string(),
            "execve /nonexistent/hook: no such file or directory"
        );
    }
}
