//! Heaps of processes that had got as far as `main()`: engine, addon and the code of one command. A process reads one of them, adds
//! what its own addresses are, and goes on from there, instead of making the same objects once more: two thirds of what a
//! short command did. They follow the program in its file, where scripts/build-snapshots.ts puts them; a program without them, or
//! that can't read its file, starts like any other. docs/architecture.md, "Heaps from the build".

mod file;
pub mod save;

use std::ffi::{CStr, c_char, c_int};
use std::slice;

use crate::engine::Engine;
use crate::heap::pages;
use file::{Entry, File, Patch, offset};

/// What a command takes beyond its saved heap, about; populated with it. In bytes.
const MARGIN: usize = 160 << 10;

/// What a process without a saved heap takes before a command does anything, about. In bytes.
const WITHOUT: usize = 448 << 10;

unsafe extern "C" {
    /// The linker's name for where the program lies.
    #[link_name = "__ehdr_start"]
    static IMAGE: u8;
}

/// What addresses count from; the indices are those of scripts/snapshots/words.ts.
struct Bases([u64; 4]);

impl Bases {
    fn of_this_process(heap: *mut u8) -> Self {
        Self([0, heap as u64, image() as u64, thread_pointer() as u64])
    }
}

/// Where this program lies.
fn image() -> *mut u8 {
    (&raw const IMAGE).cast_mut()
}

/// What the thread's variables lie below of, and the C library's description of the thread above (x86-64).
fn thread_pointer() -> *mut u8 {
    let pointer: *mut u8;
    // SAFETY: the first word at fs is its own address (System V ABI, thread-local storage).
    unsafe {
        std::arch::asm!("mov {}, fs:0", out(reg) pointer, options(nostack, pure, readonly));
    }
    pointer
}

/// Puts the saved heap of the command that the arguments name in place and returns its engine; None where there is none. To be
/// called before anything is allocated in `main`. An option's value that is named like a command gets that one's heap, in
/// which every command works.
pub fn restore(argc: c_int, argv: *const *const c_char) -> Option<Engine> {
    let engine = read(argc, argv);
    if engine.is_none() {
        pages::populate(WITHOUT);
    }
    engine
}

fn read(argc: c_int, argv: *const *const c_char) -> Option<Engine> {
    let offset = offset();
    if offset == 0 {
        return None;
    }
    let file = File::of_this_program()?;
    let directory = file.directory(offset)?;
    let entry = choose(&directory.entries, argc, argv)?;
    let size = entry.size as usize;
    let mark = mark()?;
    let heap = pages::first_region();
    if size > pages::REGION || heap.is_null() || mark != entry.mark as usize {
        return None;
    }
    pages::populate(size.max(8 * entry.words as usize + MARGIN));
    // SAFETY: a region of ours, larger than that. What is in use of it already are the blocks that were so when the heap was saved, at the
    // same places (the mark), and they are saved too; beyond the heap's words nothing is in use, nor expected to be zero.
    unsafe {
        if !file.read(heap, size, entry.offset) {
            return None;
        }
        settle(heap, entry);
        Some(*Box::from_raw(heap.add(entry.root as usize).cast()))
    }
}

/// # Safety
/// `heap` holds what the file has of `entry`.
unsafe fn settle(heap: *mut u8, entry: &Entry) {
    let bases = Bases::of_this_process(heap);
    let count = entry.words as usize;
    // SAFETY: the parts follow each other, each of them aligned to a word; any bytes are values of these types.
    unsafe {
        let words = slice::from_raw_parts_mut(heap.cast::<u64>(), count);
        let maps = slice::from_raw_parts(heap.cast::<u64>().add(count), count / 32);
        let patches = heap.cast::<u64>().add(count + count / 32).cast::<Patch>();
        let (in_heap, in_image) = maps.split_at(count / 64);
        relocate(words, in_heap, bases.0[1]);
        relocate(words, in_image, bases.0[2]);
        for patch in slice::from_raw_parts(patches, entry.patches as usize) {
            apply(patch, &bases);
        }
    }
}

/// The entry of the first argument that has one, or that for all others.
fn choose(entries: &[Entry], argc: c_int, argv: *const *const c_char) -> Option<&Entry> {
    let named = |name: &[u8]| {
        entries.iter().find(|entry| {
            entry.size > 0 && entry.name.split(|byte| *byte == 0).next() == Some(name)
        })
    };
    (1..usize::try_from(argc).unwrap_or(0))
        // SAFETY: the C start-up code passes `argc` C strings.
        .map(|index| unsafe { CStr::from_ptr(*argv.add(index)) }.to_bytes())
        .filter(|argument| !argument.is_empty())
        .find_map(named)
        .or_else(|| named(b""))
}

/// Where the next small block lies in the first region: it tells whether what came before `main` took the same blocks.
fn mark() -> Option<usize> {
    // SAFETY: malloc(3) and free(3) of this program.
    let block = unsafe {
        let block = libc::malloc(1);
        libc::free(block);
        block
    };
    (block as usize).checked_sub(pages::first_region() as usize)
}

/// Adds `base` to each word whose bit is set.
fn relocate(words: &mut [u64], map: &[u64], base: u64) {
    for (words, bits) in words.chunks_mut(64).zip(map) {
        let mut left = *bits;
        while left != 0 {
            let word = &mut words[left.trailing_zeros() as usize];
            *word = word.wrapping_add(base);
            left &= left - 1;
        }
    }
}

/// # Safety
/// The build found that word changed between the beginning of `main` and the saving of the heap, and to what.
unsafe fn apply(patch: &Patch, bases: &Bases) {
    let place = bases.0[usize::from(patch.place)] as *mut u64;
    let value = patch.value.wrapping_add(bases.0[usize::from(patch.base)]);
    // SAFETY: a word of the heap, of a static or of a thread's variable of this program, none of which anybody uses now.
    unsafe { place.offset(patch.offset as isize).write(value) };
}
