//! The entry point and what a program without std and libc must bring along.
#![allow(
    unsafe_code,
    reason = "entry from the kernel; the memory functions that the compiler calls"
)]

use core::ffi::{CStr, c_char};

/// Calls [`start`] with the initial stack, where the kernel put argc, argv and envp.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn _start() -> ! {
    core::arch::naked_asm!("xor ebp, ebp", "mov rdi, rsp", "and rsp, -16", "call {start}", "ud2", start = sym start)
}

/// Calls [`start`] with the initial stack, where the kernel put argc, argv and envp.
#[cfg(target_arch = "aarch64")]
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn _start() -> ! {
    core::arch::naked_asm!("mov x29, xzr", "mov x30, xzr", "mov x0, sp", "bl {start}", "brk 1", start = sym start)
}

unsafe extern "C" fn start(stack: *const usize) -> ! {
    // SAFETY: the kernel puts argc and then argc pointers to NUL-terminated strings there (execve(2)).
    let argument = unsafe {
        if *stack < 2 {
            trunc_sys::process::exit(2);
        }
        CStr::from_ptr(*stack.add(2) as *const c_char)
    };
    let control = crate::text::parse_number(argument.to_bytes())
        .and_then(|number| i32::try_from(number).ok());
    trunc_sys::process::exit(control.map_or(2, crate::run))
}

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    // 2 tells the host side that the init itself is at fault; formatting the reason would triple the program.
    trunc_sys::process::exit(2)
}

/// memcpy(3), called by compiled code.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    // SAFETY: the caller vouches for both ranges; rep movsb touches nothing else.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("rep movsb", inout("rcx") length => _, inout("rdi") to => _, inout("rsi") from => _,
            options(nostack, preserves_flags));
    }
    #[cfg(not(target_arch = "x86_64"))]
    for i in 0..length {
        // SAFETY: the caller vouches for both ranges. Volatile, or the loop would become a call of memcpy.
        unsafe { to.add(i).write_volatile(from.add(i).read_volatile()) };
    }
    to
}

/// memmove(3), called by compiled code.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    if to.addr().wrapping_sub(from.addr()) >= length {
        // SAFETY: copying upwards never overwrites what is still to be read when `to` is not inside `from`'s range.
        return unsafe { memcpy(to, from, length) };
    }
    for i in (0..length).rev() {
        // SAFETY: the caller vouches for both ranges.
        unsafe { to.add(i).write_volatile(from.add(i).read_volatile()) };
    }
    to
}

/// memset(3), called by compiled code.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, length: usize) -> *mut u8 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "memset takes the low byte"
    )]
    let byte = byte as u8;
    // SAFETY: the caller vouches for the range; rep stosb touches nothing else.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("rep stosb", inout("rcx") length => _, inout("rdi") to => _, in("al") byte,
            options(nostack, preserves_flags));
    }
    #[cfg(not(target_arch = "x86_64"))]
    for i in 0..length {
        // SAFETY: the caller vouches for the range.
        unsafe { to.add(i).write_volatile(byte) };
    }
    to
}

/// memcmp(3), called by compiled code.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    for i in 0..length {
        // SAFETY: the caller vouches for both ranges.
        let (x, y) = unsafe { (a.add(i).read_volatile(), b.add(i).read_volatile()) };
        if x != y {
            return i32::from(x) - i32::from(y);
        }
    }
    0
}

/// bcmp(3), called by compiled code.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    // SAFETY: the same contract.
    unsafe { memcmp(a, b, length) }
}

/// strlen(3), called by compiled code.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const u8) -> usize {
    let mut length = 0;
    // SAFETY: the caller vouches for a NUL byte.
    while unsafe { text.add(length).read_volatile() } != 0 {
        length += 1;
    }
    length
}
