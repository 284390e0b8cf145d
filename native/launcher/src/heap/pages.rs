//! Where the heap's memory comes from: one region for what most commands need, larger pieces for what they don't, and a reserve
//! for the end.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use dlmalloc::Allocator;

use crate::ffi;

/// The first region: where a saved heap lies, and most commands end. Less than dlmalloc would give back a part of. In bytes.
pub const REGION: usize = 1920 * 1024;

/// What is asked for at a time afterwards, at least. In bytes.
const NEXT: usize = 256 * 1024;

static FIRST: AtomicPtr<u8> = AtomicPtr::new(null_mut());

/// Where the first region is; null before anything was allocated, and when the system had none to give.
pub fn first_region() -> *mut u8 {
    FIRST.load(Ordering::Relaxed)
}

/// Has the kernel make the first pages of the first region, at once instead of one by one as they are touched. `size` is in bytes.
/// Before Linux 5.14, which can't, they come one by one.
pub fn populate(size: usize) {
    let start = first_region();
    if !start.is_null() {
        // SAFETY: the region is a mapping of ours; what is in it stays as it is.
        unsafe { libc::madvise(start.cast(), size.min(REGION), libc::MADV_POPULATE_WRITE) };
    }
}

/// An anonymous mapping, at an address that the kernel chooses; null when it refuses.
pub fn map(size: usize, flags: i32) -> *mut u8 {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | flags;
    // SAFETY: a new mapping, of nothing that exists.
    let start = unsafe { libc::mmap(null_mut(), size, access, flags, -1, 0) };
    if start == libc::MAP_FAILED {
        null_mut()
    } else {
        start.cast()
    }
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

/// Where not even the reserve is left nobody above could go on, and all that they would say is a signal. A request for much is
/// refused instead, which the engine makes an exception of.
fn end_without_memory() -> ! {
    ffi::end("trunc: out of memory: mmap: the system refuses more\n")
}

/// dlmalloc's source of memory.
pub struct Pages {
    has_first: AtomicBool,
}

impl Pages {
    pub const fn new() -> Self {
        Self {
            has_first: AtomicBool::new(false),
        }
    }

    /// The first region, for the first who asks, if it is enough.
    fn first(&self, size: usize) -> Option<*mut u8> {
        if self.has_first.swap(true, Ordering::Relaxed) || size > REGION {
            return None;
        }
        let start = map(REGION, 0);
        FIRST.store(start, Ordering::Relaxed);
        (!start.is_null()).then_some(start)
    }
}

// SAFETY: each region is a mapping of its own that nobody else knows of.
unsafe impl Allocator for Pages {
    fn alloc(&self, asked: usize) -> (*mut u8, usize, u32) {
        if let Some(start) = self.first(asked) {
            return (start, REGION, 0);
        }
        // What is larger is one block that its owner may not fill.
        let populate = if asked <= NEXT { libc::MAP_POPULATE } else { 0 };
        let size = asked.max(NEXT);
        let start = map(size, populate);
        if !start.is_null() {
            return (start, size, 0);
        }
        if asked > NEXT {
            return (null_mut(), 0, 0);
        }
        let Some(reserve) = RESERVE.take() else {
            end_without_memory()
        };
        (reserve, NEXT, 0)
    }

    fn remap(&self, _start: *mut u8, _old: usize, _new: usize, _can_move: bool) -> *mut u8 {
        null_mut()
    }

    fn free_part(&self, start: *mut u8, old: usize, new: usize) -> bool {
        // SAFETY: dlmalloc names the end of a region that it has from here and needs no longer.
        unsafe { libc::munmap(start.add(new).cast::<c_void>(), old - new) == 0 }
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
