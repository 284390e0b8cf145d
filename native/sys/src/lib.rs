//! System calls that rustix lacks, one file per family. Safe functions over raw calls; no allocation, no std.
#![no_std]

pub mod bpf;
pub mod clone;
mod clone_shared;
pub mod credentials;
pub mod descriptors;
pub mod holder;
pub mod keyring;
pub mod memory;
pub mod mount;
pub mod namespaces;
pub mod netdevice;
pub mod process;
pub mod raw;
pub mod scheduling;
pub mod seccomp;
pub mod signals;
pub mod spawn;

/// A descriptor number as a system call argument.
const fn fd_arg(fd: rustix::fd::RawFd) -> usize {
    fd.cast_unsigned() as usize
}
