//! The raw system call: registers in, result or errno out.

use rustix::io::Errno;

/// Calls the kernel with up to six arguments.
///
/// # Safety
/// The call must be one that is sound with these arguments: pointers valid for what the kernel does with them, and no
/// effect that breaks what Rust relies on (memory mapped away, descriptors closed under their owner).
///
/// # Errors
/// The errno that the kernel returned.
#[inline]
pub unsafe fn syscall(number: u32, args: [usize; 6]) -> Result<usize, Errno> {
    // SAFETY: the caller vouches for the call; the asm clobbers what the kernel's ABI says.
    let result = unsafe { syscall6(number as usize, args) };
    // The kernel returns -4095..=-1 for errors (syscall(2)).
    if result > usize::MAX - 4095 {
        let errno = i32::try_from(usize::MAX - result + 1).unwrap_or(0);
        return Err(Errno::from_raw_os_error(errno));
    }
    Ok(result)
}

#[cfg(target_arch = "x86_64")]
unsafe fn syscall6(number: usize, args: [usize; 6]) -> usize {
    let result;
    // SAFETY: the syscall instruction clobbers rcx, r11 and the result register only; the caller vouches for the call.
    unsafe {
        core::arch::asm!(
            "syscall",
            inlateout("rax") number => result,
            in("rdi") args[0], in("rsi") args[1], in("rdx") args[2],
            in("r10") args[3], in("r8") args[4], in("r9") args[5],
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    result
}

#[cfg(target_arch = "aarch64")]
unsafe fn syscall6(number: usize, args: [usize; 6]) -> usize {
    let result;
    // SAFETY: svc 0 clobbers x0 only; the caller vouches for the call.
    unsafe {
        core::arch::asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") args[0] => result, in("x1") args[1], in("x2") args[2],
            in("x3") args[3], in("x4") args[4], in("x5") args[5],
            options(nostack),
        );
    }
    result
}
