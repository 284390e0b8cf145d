//! malloc(3) and its kin for the whole program, over dlmalloc and memory that is taken in large pieces. musl's own allocator asks
//! the kernel for every few blocks; and page by page a heap costs a fault for each 4 KB, more than all else that a short
//! command does. Linked in place of musl's; Rust and the engine come here through the C names.

pub mod pages;

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dlmalloc::Dlmalloc;
use pages::Pages;

/// Whether this process is one that saves its heap (snapshot/save.rs): what is freed is wiped then, lest it be saved too.
pub static IS_SAVED: AtomicBool = AtomicBool::new(false);

static HEAP: Mutex<Dlmalloc<Pages>> = Mutex::new(Dlmalloc::new_with_allocator(Pages::new()));

fn heap() -> MutexGuard<'static, Dlmalloc<Pages>> {
    HEAP.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A null pointer also says so in errno, as malloc(3) does.
fn checked(block: *mut u8) -> *mut c_void {
    if block.is_null() {
        // SAFETY: errno of this thread is always there.
        unsafe { *libc::__errno_location() = libc::ENOMEM };
    }
    block.cast()
}

#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: any size will do.
    checked(unsafe { heap().c_malloc(size) })
}

#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    let Some(size) = count.checked_mul(size) else {
        return checked(null_mut());
    };
    // SAFETY: the alignment is dlmalloc's own.
    checked(unsafe { heap().calloc(size, 2 * size_of::<usize>()) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    if block.is_null() {
        return malloc(size);
    }
    if IS_SAVED.load(Ordering::Relaxed) {
        // SAFETY: as below.
        return unsafe { move_block(block, size) };
    }
    // SAFETY: the caller has the block from here.
    checked(unsafe { heap().c_realloc(block.cast(), size) })
}

/// realloc(3) of a heap that is saved: never in place, so that what a block held before is wiped.
unsafe fn move_block(block: *mut c_void, size: usize) -> *mut c_void {
    let moved = malloc(size);
    if !moved.is_null() {
        // SAFETY: both blocks are from here and as large as that; `block` is its caller's.
        unsafe {
            let kept = usable_size(block).min(size);
            block
                .cast::<u8>()
                .copy_to_nonoverlapping(moved.cast(), kept);
            free(block);
        }
    }
    moved
}

/// What dlmalloc gave for a block, in bytes: the word before it is its chunk's size, with three bits of other use.
unsafe fn usable_size(block: *mut c_void) -> usize {
    // SAFETY: the block is from here, so that a chunk's header precedes it.
    let head = unsafe { block.cast::<usize>().sub(1).read() };
    (head & !7) - size_of::<usize>()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn free(block: *mut c_void) {
    if block.is_null() {
        return;
    }
    if IS_SAVED.load(Ordering::Relaxed) {
        // SAFETY: the caller has the block from here and no longer needs it.
        unsafe { block.cast::<u8>().write_bytes(0, usable_size(block)) };
    }
    // SAFETY: the caller has the block from here.
    unsafe { heap().c_free(block.cast()) };
}

#[unsafe(no_mangle)]
extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void {
    // SAFETY: any size will do; the alignment is a power of two, as aligned_alloc(3) wants it.
    checked(unsafe { heap().c_memalign(alignment, size) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(
    result: *mut *mut c_void,
    alignment: usize,
    size: usize,
) -> c_int {
    // SAFETY: as above.
    let block = unsafe { heap().c_memalign(alignment, size) };
    if block.is_null() {
        return libc::ENOMEM;
    }
    // SAFETY: posix_memalign(3) wants a place for the result.
    unsafe { *result = block.cast() };
    0
}

/// dlmalloc does not tell; nobody may use more than was asked for.
#[unsafe(no_mangle)]
extern "C" fn malloc_usable_size(_block: *mut c_void) -> usize {
    0
}
