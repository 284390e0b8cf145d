//! Where the saved heaps are in the program's file, and how they are laid out there: scripts/snapshots/pack.ts writes it all.

use std::ffi::c_int;
use std::mem::{MaybeUninit, size_of};

use crate::ffi;

// Not a Rust static: the compiler would take its zeros for granted.
std::arch::global_asm!(
    ".section .rodata.trunc_snapshots, \"a\", @progbits",
    ".balign 8",
    ".hidden trunc_snapshots",
    ".globl trunc_snapshots",
    "trunc_snapshots:",
    ".ascii \"trunc snapshots\\0\"",
    ".quad 0",
    ".previous",
);

unsafe extern "C" {
    #[link_name = "trunc_snapshots"]
    static PLACE: Place;
}

/// Where in the program's file the directory is.
#[repr(C)]
struct Place {
    /// By which the build finds this.
    mark: [u8; 16],
    /// In bytes from the file's beginning; 0: there is none.
    offset: u64,
}

/// What is read first; scripts/snapshots/pack.ts writes it and all that follows.
#[repr(C)]
pub struct Directory {
    mark: [u8; 8],
    pub entries: [Entry; ENTRIES],
}

const DIRECTORY_MARK: [u8; 8] = *b"heaps 1\n";

/// How many heaps there are at most.
const ENTRIES: usize = 10;

/// One heap. In the file follow each other: its words, two bit maps (which words hold an address in the heap, and which one in
/// the program) and patches.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Entry {
    /// The command that it is for, padded with zeros; empty for all others.
    pub name: [u8; 16],
    /// In bytes from the file's beginning.
    pub offset: u64,
    /// Of all of it, in bytes; 0: no entry.
    pub size: u32,
    /// Words of the heap, a multiple of 64.
    pub words: u32,
    pub patches: u32,
    /// Where in the heap the engine's owner is, in bytes.
    pub root: u32,
    /// Where in the heap the next small block was when `main` began, in bytes.
    pub mark: u32,
    padding: u32,
}

/// A word outside of the heap's copied part.
#[repr(C)]
pub struct Patch {
    /// What `offset` counts from, as an index of `Bases`.
    pub place: u8,
    /// What is added to `value`, likewise.
    pub base: u8,
    padding: u16,
    /// In words.
    pub offset: i32,
    pub value: u64,
}

/// Where the directory is, in bytes; 0: there is none.
pub fn offset() -> u64 {
    // SAFETY: eight bytes of the program, which the build may have written.
    unsafe { (&raw const PLACE.offset).read() }
}

/// The program's file.
pub struct File(c_int);

impl File {
    pub fn of_this_program() -> Option<Self> {
        // Without O_CLOEXEC, for which musl makes a call of its own: it is closed before anything is executed.
        // SAFETY: the path is a C string literal.
        let fd = unsafe { libc::open(c"/proc/self/exe".as_ptr(), libc::O_RDONLY) };
        (fd >= 0).then_some(Self(fd))
    }

    pub fn directory(&self, offset: u64) -> Option<Directory> {
        let mut directory = MaybeUninit::<Directory>::uninit();
        // SAFETY: as many bytes as it has; any are a value of it.
        let directory = unsafe {
            let size = size_of::<Directory>();
            let is_there = self.read(directory.as_mut_ptr().cast(), size, offset);
            is_there.then(|| directory.assume_init())
        };
        // A file that was stripped ends before.
        directory.filter(|directory| directory.mark == DIRECTORY_MARK)
    }

    /// Whether it could be read: all of it, or nothing was.
    ///
    /// # Safety
    /// `buffer` is `size` bytes long.
    pub unsafe fn read(&self, buffer: *mut u8, size: usize, offset: u64) -> bool {
        let Ok(offset) = libc::off_t::try_from(offset) else {
            return false;
        };
        // SAFETY: as promised.
        let read = unsafe { libc::pread(self.0, buffer.cast(), size, offset) };
        match usize::try_from(read) {
            Ok(read) if read == size => true,
            Ok(0) | Err(_) => false,
            Ok(_) => end_damaged(),
        }
    }
}

/// What is in memory is neither the one thing nor the other, so nothing can go on.
fn end_damaged() -> ! {
    ffi::end("trunc: /proc/self/exe: the program's file ends too early: install it again\n")
}

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: opened above, and nobody else's.
        unsafe { libc::close(self.0) };
    }
}
