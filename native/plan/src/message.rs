//! The handshake between the host side and the init, over one `SOCK_SEQPACKET` socketpair.
//!
//! ```text
//! host side                                         init
//!   | clone3, exec of the init                        |
//!   |-- Namespaces + descriptors (when some are joined) ->| setns; clones itself again where a pid or user
//!   |<- Pid + pidfd (when it cloned itself) ----------|   namespace was joined
//!   |-- or Enter + pidfd, cgroups ------------------->| moves, setns of all at once, then likewise
//!   |-- Plan + descriptors -------------------------->| walks the operations
//!   |<- Barrier(op) ----------------------------------|   Barrier with report
//!   |-- Go ------------------------------------------>|   Barrier
//!   |<- Console + master, Listener(fd) ---------------|
//!   |<- Ready(op) ------------------------------------|   Ready
//!   |-- Go ------------------------------------------>|
//!   |<- end of file ----------------------------------|   execve, or waiting for `start`
//! ```
//!
//! `Error(op, call, errno, text)` may come instead of any report, and is the last. An end of file before `Ready`
//! means that the init died. The host's end closing before `Ready` was answered makes the init exit.

/// Host to init: 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// What is asked for.
    pub kind: CommandKind,
    /// How many descriptors come with it, and with [`CommandKind::Plan`] how many `Descriptors` messages came before.
    pub count: u32,
    /// `Namespaces`: see [`Command::CLONE_AGAIN`]; `Enter`: `CLONE_NEW*` bits, perhaps with `CLONE_AGAIN`; `Plan`: length of
    /// the plan in bytes.
    pub value: u64,
}

/// What a [`Command`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Join the namespaces whose descriptors come along (at most [`MAX_FDS`]).
    Namespaces,
    /// Move into v1 cgroups, then join namespaces: of the process whose pidfd comes along first, then the cgroups' `tasks`,
    /// open for writing.
    Enter,
    /// Keep these descriptors: they come before those of the plan message, in order.
    Descriptors,
    /// Walk this plan: the first descriptor is the plan, the others are the plan's own, in order.
    Plan,
    /// Go on.
    Go,
}

/// Descriptors in one message: the kernel allows 253 (`SCM_MAX_FD`).
pub const MAX_FDS: usize = 250;

impl Command {
    /// Length in bytes.
    pub const SIZE: usize = 16;
    /// In `value` of `Namespaces`, whose low 32 bits are the `CLONE_NEW*` bits of namespaces to make after joining: make them by
    /// cloning again.
    pub const CLONE_AGAIN: u64 = 1 << 32;
    /// In `value` of `Namespaces`: the first descriptor is a user namespace.
    pub const HAS_USER: u64 = 1 << 33;

    /// The message's bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE] {
        let kind: u32 = match self.kind {
            CommandKind::Namespaces => 1,
            CommandKind::Descriptors => 2,
            CommandKind::Plan => 3,
            CommandKind::Go => 4,
            CommandKind::Enter => 5,
        };
        let mut bytes = [0; Self::SIZE];
        bytes[..4].copy_from_slice(&kind.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.count.to_le_bytes());
        bytes[8..].copy_from_slice(&self.value.to_le_bytes());
        bytes
    }

    /// Reads a message; `None` when it is malformed.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::SIZE] = bytes.try_into().ok()?;
        let kind = match word(bytes, 0) {
            1 => CommandKind::Namespaces,
            2 => CommandKind::Descriptors,
            3 => CommandKind::Plan,
            4 => CommandKind::Go,
            5 => CommandKind::Enter,
            _ => return None,
        };
        Some(Self {
            kind,
            count: word(bytes, 4),
            value: long(bytes, 8),
        })
    }
}

/// Init to host: [`Report::SIZE`] bytes.
#[derive(Clone, Copy)]
pub struct Report {
    /// What is told.
    pub kind: ReportKind,
    /// Index of the operation, [`Report::NO_OP`], or a joined namespace: [`Report::JOIN`] plus its index.
    pub op: u32,
    /// The errno of a failed call; 0 where no call failed.
    pub errno: i32,
    /// `Pid`: the pid; `Listener`: the number that the listener's descriptor will have in the init.
    pub value: u64,
    /// The failed call, padded with NUL bytes.
    pub call: [u8; 24],
    /// What else there is to say (UTF-8, perhaps cut), padded with NUL bytes.
    pub text: [u8; 464],
}

/// What a [`Report`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// An operation failed; the init exits.
    Error,
    /// A barrier is reached; the init waits for `Go`.
    Barrier,
    /// The init cloned itself; its pidfd comes along.
    Pid,
    /// Everything is set up; the init waits for `Go`.
    Ready,
    /// The master of the container's terminal comes along.
    Console,
    /// The seccomp listener is about to appear as descriptor `value` of the init.
    Listener,
}

impl Report {
    /// Length in bytes.
    pub const SIZE: usize = 512;
    /// `op` of a report that no operation made.
    pub const NO_OP: u32 = u32::MAX;
    /// `op` of a failed join is this plus the index of the namespace's descriptor.
    pub const JOIN: u32 = 0x8000_0000;

    /// A report without call and text.
    #[must_use]
    pub const fn new(kind: ReportKind, op: u32) -> Self {
        Self {
            kind,
            op,
            errno: 0,
            value: 0,
            call: [0; 24],
            text: [0; 464],
        }
    }

    /// The message's bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE] {
        let kind: u32 = match self.kind {
            ReportKind::Error => 1,
            ReportKind::Barrier => 2,
            ReportKind::Pid => 3,
            ReportKind::Ready => 4,
            ReportKind::Console => 5,
            ReportKind::Listener => 6,
        };
        let mut bytes = [0; Self::SIZE];
        bytes[..4].copy_from_slice(&kind.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.op.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.errno.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.value.to_le_bytes());
        bytes[24..48].copy_from_slice(&self.call);
        bytes[48..].copy_from_slice(&self.text);
        bytes
    }

    /// Reads a message; `None` when it is malformed.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::SIZE] = bytes.try_into().ok()?;
        let kind = match word(bytes, 0) {
            1 => ReportKind::Error,
            2 => ReportKind::Barrier,
            3 => ReportKind::Pid,
            4 => ReportKind::Ready,
            5 => ReportKind::Console,
            6 => ReportKind::Listener,
            _ => return None,
        };
        let mut report = Self::new(kind, word(bytes, 4));
        report.errno = word(bytes, 8).cast_signed();
        report.value = long(bytes, 16);
        report.call.copy_from_slice(&bytes[24..48]);
        report.text.copy_from_slice(&bytes[48..]);
        Some(report)
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(word(bytes, at)) | u64::from(word(bytes, at + 4)) << 32
}
