//! malloc(3) and its kin for the whole program, over dlmalloc and memory that is taken in large pieces. musl's own allocator asks
//! the kernel for every few blocks; and page by page a heap costs a fault for each 4 KB, more than all else that a short
//! command does. Linked in place of musl's; Rust and the engine come here through the C names.

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dlmalloc::{Allocator, Dlmalloc};

/// What the engine and the addon take before a command does anything, rounded up. In bytes.
const FIRST: usize = 448 * 1024;

/// What is asked for at a time afterwards, at least. In bytes.
const NEXT: usize = 256 * 1024;

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
    // SAFETY: the caller has the block from here.
    checked(unsafe { heap().c_realloc(block.cast(), size) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn free(block: *mut c_void) {
    if !block.is_null() {
        // SAFETY: the caller has the block from here.
        unsafe { heap().c_free(block.cast()) };
    }
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

/// What is left when the system has no more: enough to undo what a command has begun. Pages that nobody touches cost nothing.
#[repr(align(4096))]
struct Reserve {
    bytes: UnsafeCell<[u8; NEXT]>,
    is_taken: AtomicBool,
}

static RESERVE: Reserve = Reserve {
    bytes: UnsafeCell::new([0; NEXT]),
    is_taken: AtomicBool::new(false),
};

// SAFETY: the bytes are handed out once, to whoever takes them.
unsafe impl Sync for Reserve {}

impl Reserve {
    fn take(&self) -> Option<*mut u8> {
        let is_taken = self.is_taken.swap(true, Ordering::Relaxed);
        (!is_taken).then(|| self.bytes.get().cast())
    }
}

/// Says so and ends: where not even the reserve is left nobody above could go on, and all that they would say is a signal. A
/// request for much is refused instead, which the engine makes an exception of.
fn end_without_memory() -> ! {
    let message = b"trunc: out of memory: mmap: the system refuses more\n";
    // SAFETY: the pointer and the length are those of the text above; _exit(2) runs nothing of ours.
    unsafe {
        libc::write(2, message.as_ptr().cast(), message.len());
        libc::_exit(1)
    }
}

/// Where dlmalloc gets its memory: anonymous mappings with their pages in them.
struct Pages {
    has_first: AtomicBool,
}

impl Pages {
    const fn new() -> Self {
        Self {
            has_first: AtomicBool::new(false),
        }
    }
}

// SAFETY: each region is a mapping of its own that nobody else knows of.
unsafe impl Allocator for Pages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        let least = if self.has_first.swap(true, Ordering::Relaxed) {
            NEXT
        } else {
            FIRST
        };
        // What is larger is one block that its owner may not fill.
        let populate = if size <= least { libc::MAP_POPULATE } else { 0 };
        let asked = size;
        let size = size.max(least);
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | populate;
        // SAFETY: a new mapping, at an address that the kernel chooses.
        let start = unsafe { libc::mmap(null_mut(), size, access, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            if asked > NEXT {
                return (null_mut(), 0, 0);
            }
            let Some(reserve) = RESERVE.take() else {
                end_without_memory()
            };
            (reserve, NEXT, 0)
        } else {
            (start.cast(), size, 0)
        }
    }

    fn remap(&self, _start: *mut u8, _old: usize, _new: usize, _can_move: bool) -> *mut u8 {
        null_mut()
    }

    fn free_part(&self, start: *mut u8, old: usize, new: usize) -> bool {
        // SAFETY: dlmalloc names the end of a region that it has from here and needs no longer.
        unsafe { libc::munmap(start.add(new).cast(), old - new) == 0 }
    }

    fn free(&self, start: *mut u8, size: usize) -> bool {
        // SAFETY: as above, the whole region.
        unsafe { libc::munmap(start.cast(), size) == 0 }
    }

    fn can_release_part(&self, _flags: u32) -> bool {
        true
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        4096
    }
}
