//! The other side of restoring, at build time only: `trunc --save-heap FILE CHUNK...` gets as far as `main()` with those chunks loaded and
//! writes its memory to FILE. Only a program without saved heaps does that. scripts/snapshots tells addresses from other
//! words by comparing two such files of two processes, so all else has to be the same in both: no clock is read and
//! nothing random is used on the way, and what is freed is wiped.

use std::ffi::{CStr, OsStr, c_char, c_int, c_uint, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::{fs, io, ptr, slice};

use super::file::offset;
use super::{image, mark, thread_pointer};
use crate::heap::{IS_SAVED, pages};

/// What is looked at of the C library's description of the thread: all of it (struct pthread of musl 1.2). In bytes.
const THREAD: usize = 192;

/// Memory that existed before the heap was made, and its state then.
struct Space {
    start: *const u8,
    size: usize,
    before: *const u8,
}

impl Space {
    fn new(start: *const u8, size: usize) -> Self {
        Self {
            start,
            size,
            before: copy(start, size),
        }
    }
}

/// A process that saves its heap.
pub struct Save {
    path: &'static Path,
    pub chunks: Vec<&'static str>,
    /// The program's variables, and the thread's with the library's description of it.
    spaces: [Space; 2],
    mark: usize,
}

/// Whether the command line asks for it; to be called first in `main`.
pub fn asked(argc: c_int, argv: *const *const c_char) -> Option<Save> {
    let argument = |index: usize| {
        // SAFETY: the C start-up code passes `argc` C strings, which stay for as long as the process.
        unsafe { CStr::from_ptr::<'static>(*argv.add(index)) }
    };
    let argc = usize::try_from(argc).unwrap_or(0);
    if offset() != 0 || argc < 3 || argument(1) != c"--save-heap" {
        return None;
    }
    IS_SAVED.store(true, Ordering::Relaxed);
    find_clock();
    let mark = mark()?;
    let spaces = spaces();
    Some(Save {
        path: Path::new(OsStr::from_bytes(argument(2).to_bytes())),
        chunks: (3..argc)
            .filter_map(|index| argument(index).to_str().ok())
            .collect(),
        spaces,
        mark,
    })
}

impl Save {
    /// Writes it all; `root` is what a restored process goes on with.
    ///
    /// # Errors
    /// Those of writing FILE.
    pub fn write(&self, root: *const c_void) -> io::Result<()> {
        let local = 0u8;
        let heap = pages::first_region();
        let header = [
            heap as u64,
            image() as u64,
            thread_pointer() as u64,
            &raw const local as u64,
            root as u64,
            self.mark as u64,
            pages::REGION as u64,
            self.spaces[0].start as u64,
            self.spaces[0].size as u64,
            self.spaces[1].start as u64,
            self.spaces[1].size as u64,
            thread_address() as u64,
        ];
        // Copied before the first allocation of the writing itself.
        let copies = [
            (copy(heap, pages::REGION), pages::REGION),
            (self.spaces[0].before, self.spaces[0].size),
            (
                copy(self.spaces[0].start, self.spaces[0].size),
                self.spaces[0].size,
            ),
            (self.spaces[1].before, self.spaces[1].size),
            (
                copy(self.spaces[1].start, self.spaces[1].size),
                self.spaces[1].size,
            ),
        ];
        let mut file: Vec<u8> = header.iter().flat_map(|word| word.to_le_bytes()).collect();
        for (start, size) in copies {
            // SAFETY: copies of ours, of that size.
            file.extend_from_slice(unsafe { slice::from_raw_parts(start, size) });
        }
        fs::write(self.path, file)
    }
}

/// A copy outside of the heap; the process ends before it would be given back.
fn copy(start: *const u8, size: usize) -> *const u8 {
    let copy = pages::map(size, 0);
    // SAFETY: memory of this process, which nothing changes meanwhile; without the copy there is nothing to go on with.
    unsafe {
        assert!(!copy.is_null());
        ptr::copy_nonoverlapping(start, copy, size);
    }
    copy
}

fn bytes(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn program_headers() -> &'static [libc::Elf64_Phdr] {
    // SAFETY: a program's image begins with its ELF header, and the table is loaded with it.
    unsafe {
        let header = &*image().cast::<libc::Elf64_Ehdr>();
        let table = image().add(bytes(header.e_phoff));
        slice::from_raw_parts(table.cast(), usize::from(header.e_phnum))
    }
}

fn spaces() -> [Space; 2] {
    let mut variables = (0, 0);
    let mut thread = 0;
    for header in program_headers() {
        let address = bytes(header.p_vaddr);
        let size = bytes(header.p_memsz);
        if header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_W != 0 {
            // The last one: those before it become read-only after relocation.
            let start = address & !7;
            variables = (start, (address + size).next_multiple_of(8) - start);
        }
        if header.p_type == libc::PT_TLS {
            thread = size.next_multiple_of(bytes(header.p_align));
        }
    }
    // SAFETY: within the image; and the thread's variables end where its pointer points (variant II of the ABI).
    unsafe {
        [
            Space::new(image().add(variables.0), variables.1),
            Space::new(thread_pointer().sub(thread), thread + THREAD),
        ]
    }
}

/// Where the linker put the thread's variables, by which its map names them.
fn thread_address() -> usize {
    program_headers()
        .iter()
        .find(|header| header.p_type == libc::PT_TLS)
        .map_or(0, |header| bytes(header.p_vaddr))
}

/// The C library looks for the kernel's clock at the first call and keeps the address, which is no part of a heap.
fn find_clock() {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a local that outlives the call.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
}

/// getrandom(2) for the standard library, whose hash tables ask for keys: none in a heap that is saved, for two have to be alike.
#[unsafe(no_mangle)]
unsafe extern "C" fn getrandom(buffer: *mut c_void, length: usize, flags: c_uint) -> isize {
    if IS_SAVED.load(Ordering::Relaxed) {
        // SAFETY: the caller's buffer is that long.
        unsafe { buffer.cast::<u8>().write_bytes(0, length) };
        return isize::try_from(length).unwrap_or(isize::MAX);
    }
    // SAFETY: as above.
    let count = unsafe { libc::syscall(libc::SYS_getrandom, buffer, length, flags) };
    isize::try_from(count).unwrap_or(-1)
}
