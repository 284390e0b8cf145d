//! clone3(2) with shared memory: the child starts in a function of its own, on a stack of its own.

use core::mem::MaybeUninit;
use linux_raw_sys::general::{
    __NR_clone3, CLONE_INTO_CGROUP, CLONE_PIDFD, CLONE_VM, SIGCHLD, clone_args,
};
use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;

/// # Safety
/// `entry` must make nothing but system calls: it runs beside this process on the same memory, with its thread storage.
/// Without `CLONE_VFORK`, `stack` must stay untouched until the child is gone.
pub(crate) unsafe fn clone_on(
    stack: &mut [MaybeUninit<u8>],
    flags: u64,
    cgroup: Option<BorrowedFd<'_>>,
    entry: extern "C" fn(usize) -> !,
    argument: usize,
) -> Result<(u32, OwnedFd), Errno> {
    let mut pidfd: RawFd = -1;
    // SAFETY: clone_args is a struct of integers.
    let mut args: clone_args = unsafe { core::mem::zeroed() };
    args.flags = flags | u64::from(CLONE_VM) | u64::from(CLONE_PIDFD);
    args.pidfd = (&raw mut pidfd).expose_provenance() as u64;
    args.exit_signal = u64::from(SIGCHLD);
    // The ABIs want the stack's top aligned to 16 bytes; the kernel adds the size to the base.
    let base = stack.as_mut_ptr().expose_provenance().next_multiple_of(16);
    args.stack = base as u64;
    args.stack_size = (stack.len().saturating_sub(32) & !15) as u64;
    if let Some(cgroup) = cgroup {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = crate::fd_arg(cgroup.as_raw_fd()) as u64;
    }
    // SAFETY: the caller vouches for the entry; args lives until the call returns.
    let result = unsafe { clone3((&raw const args).expose_provenance(), entry, argument) };
    if result > usize::MAX - 4095 {
        return Err(Errno::from_raw_os_error(
            i32::try_from(usize::MAX - result + 1).unwrap_or(0),
        ));
    }
    // SAFETY: the kernel just made this descriptor for us.
    Ok((u32::try_from(result).unwrap_or(0), unsafe {
        OwnedFd::from_raw_fd(pidfd)
    }))
}

/// The child starts at `entry`, because it has another stack than the code here; the parent goes on behind the call.
#[cfg(target_arch = "x86_64")]
unsafe fn clone3(args: usize, entry: extern "C" fn(usize) -> !, argument: usize) -> usize {
    let result;
    // SAFETY: the parent sees an ordinary system call; the child never leaves `entry`.
    unsafe {
        core::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r12",
            "call r13",
            "ud2",
            "2:",
            inlateout("rax") __NR_clone3 as usize => result,
            in("rdi") args, in("rsi") size_of::<clone_args>(),
            in("r12") argument, in("r13") entry,
            lateout("rcx") _, lateout("r11") _,
        );
    }
    result
}

#[cfg(target_arch = "aarch64")]
unsafe fn clone3(args: usize, entry: extern "C" fn(usize) -> !, argument: usize) -> usize {
    let result;
    // SAFETY: the parent sees an ordinary system call; the child never leaves `entry`.
    unsafe {
        core::arch::asm!(
            "svc 0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x0, x20",
            "blr x21",
            "brk #1",
            "2:",
            in("x8") __NR_clone3 as usize,
            inlateout("x0") args => result, in("x1") size_of::<clone_args>(),
            in("x20") argument, in("x21") entry,
        );
    }
    result
}
