//! bpf(2): device programs of cgroups.

use linux_raw_sys::general::__NR_bpf;
use rustix::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;

const BPF_PROG_LOAD: usize = 5;
const BPF_PROG_ATTACH: usize = 8;
const BPF_PROG_DETACH: usize = 9;
const BPF_PROG_GET_FD_BY_ID: usize = 13;
const BPF_PROG_QUERY: usize = 16;

const BPF_PROG_TYPE_CGROUP_DEVICE: u32 = 15;
const BPF_CGROUP_DEVICE: u32 = 6;
const BPF_F_ALLOW_MULTI: u32 = 2;
const BPF_F_REPLACE: u32 = 4;

/// Programs that one query can name: the kernel attaches at most 64 to a cgroup (`BPF_CGROUP_MAX_PROGS`).
pub const MAX_ATTACHED: usize = 64;

/// The head of `union bpf_attr` for `BPF_PROG_LOAD`.
#[repr(C)]
#[derive(Default)]
struct Load {
    prog_type: u32,
    insn_cnt: u32,
    insns: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buf: u64,
    kern_version: u32,
    prog_flags: u32,
    prog_name: [u8; 16],
}

/// `union bpf_attr` for `BPF_PROG_ATTACH` and `BPF_PROG_DETACH`.
#[repr(C)]
#[derive(Default)]
struct Attach {
    target_fd: u32,
    attach_bpf_fd: u32,
    attach_type: u32,
    attach_flags: u32,
    replace_bpf_fd: u32,
}

/// `union bpf_attr` for `BPF_PROG_QUERY`.
#[repr(C)]
#[derive(Default)]
struct Query {
    target_fd: u32,
    attach_type: u32,
    query_flags: u32,
    attach_flags: u32,
    prog_ids: u64,
    prog_cnt: u32,
    padding: u32,
}

/// `union bpf_attr` for `BPF_PROG_GET_FD_BY_ID`.
#[repr(C)]
#[derive(Default)]
struct ById {
    id: u32,
    next_id: u32,
    open_flags: u32,
}

fn bpf<T>(command: usize, attr: &mut T) -> Result<usize, Errno> {
    // SAFETY: attr is the head of union bpf_attr for this command (the kernel takes missing fields as zero); the memory that
    // it points to is borrowed by the callers below.
    unsafe {
        crate::raw::syscall(
            __NR_bpf,
            [
                command,
                (&raw mut *attr).expose_provenance(),
                size_of::<T>(),
                0,
                0,
                0,
            ],
        )
    }
}

fn owned(fd: usize) -> OwnedFd {
    // SAFETY: the kernel just made this descriptor for us, close-on-exec.
    unsafe { OwnedFd::from_raw_fd(RawFd::try_from(fd).unwrap_or(-1)) }
}

fn number(fd: impl AsFd) -> u32 {
    fd.as_fd().as_raw_fd().cast_unsigned()
}

/// Loads a device program: `struct bpf_insn[]`, 8 bytes each. What the verifier says goes to `log`.
///
/// # Errors
/// `EINVAL`, `EACCES` for a program that the verifier refuses, `EPERM` without the right to load any.
pub fn load_device_program(program: &[u8], log: &mut [u8]) -> Result<OwnedFd, Errno> {
    let mut attr = Load {
        prog_type: BPF_PROG_TYPE_CGROUP_DEVICE,
        insn_cnt: u32::try_from(program.len() / 8).map_err(|_| Errno::INVAL)?,
        insns: program.as_ptr().expose_provenance() as u64,
        license: c"Apache-2.0".as_ptr().expose_provenance() as u64,
        prog_name: *b"trunc_devices\0\0\0",
        ..Load::default()
    };
    if !log.is_empty() {
        attr.log_level = 1;
        attr.log_size = u32::try_from(log.len()).unwrap_or(u32::MAX);
        attr.log_buf = log.as_mut_ptr().expose_provenance() as u64;
    }
    bpf(BPF_PROG_LOAD, &mut attr).map(owned)
}

/// The ids of the device programs that are attached to this very cgroup.
///
/// # Errors
/// `EBADF` when the descriptor is no v2 cgroup, `EPERM`.
pub fn attached_device_programs(
    cgroup: impl AsFd,
    ids: &mut [u32; MAX_ATTACHED],
) -> Result<usize, Errno> {
    let mut attr = Query {
        target_fd: number(cgroup),
        attach_type: BPF_CGROUP_DEVICE,
        prog_ids: ids.as_mut_ptr().expose_provenance() as u64,
        prog_cnt: u32::try_from(MAX_ATTACHED).unwrap_or(0),
        ..Query::default()
    };
    bpf(BPF_PROG_QUERY, &mut attr)?;
    Ok((attr.prog_cnt as usize).min(MAX_ATTACHED))
}

/// Opens a program by its id.
///
/// # Errors
/// `ENOENT` when it is gone, `EPERM`.
pub fn program_by_id(id: u32) -> Result<OwnedFd, Errno> {
    bpf(
        BPF_PROG_GET_FD_BY_ID,
        &mut ById {
            id,
            ..ById::default()
        },
    )
    .map(owned)
}

/// Attaches a device program to a cgroup beside others, or in the place of `replaced`, which is attached.
///
/// # Errors
/// `EPERM` below a cgroup whose program allows no others, `ENOENT` when `replaced` is not attached.
pub fn attach_device_program(
    cgroup: impl AsFd,
    program: impl AsFd,
    replaced: Option<&OwnedFd>,
) -> Result<(), Errno> {
    let mut attr = Attach {
        target_fd: number(cgroup),
        attach_bpf_fd: number(program),
        attach_type: BPF_CGROUP_DEVICE,
        attach_flags: BPF_F_ALLOW_MULTI | if replaced.is_some() { BPF_F_REPLACE } else { 0 },
        replace_bpf_fd: replaced.map_or(0, number),
    };
    bpf(BPF_PROG_ATTACH, &mut attr).map(|_| ())
}

/// Detaches a device program from a cgroup.
///
/// # Errors
/// `ENOENT` when it is not attached.
pub fn detach_device_program(cgroup: impl AsFd, program: impl AsFd) -> Result<(), Errno> {
    let mut attr = Attach {
        target_fd: number(cgroup),
        attach_bpf_fd: number(program),
        attach_type: BPF_CGROUP_DEVICE,
        ..Attach::default()
    };
    bpf(BPF_PROG_DETACH, &mut attr).map(|_| ())
}
