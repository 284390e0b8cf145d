//! The container's program: its directory, its home, where it lies, and its execution.

use super::{Init, given};
use crate::failure::{During, Failure, failed};
use crate::paths;
use crate::text::{parse_number, split_once};
use core::ffi::CStr;
use rustix::fs::{Access, AtFlags, CWD, FileType, Mode, OFlags, accessat, open, statat};
use rustix::io::Errno;
use rustix::process::chdir;
use trunc_plan::wire::TextList;
use trunc_sys::memory::pointers;
use trunc_sys::process::{PointerList, execve};

/// `TryChangeDir`: a directory that root may not enter is left to `ChangeDir`.
pub fn try_change_directory(init: &mut Init, path: &CStr) -> Result<(), Failure> {
    match chdir(path) {
        Ok(()) => init.in_directory = true,
        Err(Errno::ACCESS | Errno::PERM) => return Ok(()),
        Err(errno) => return failed("chdir", errno),
    }
    check_directory()
}

/// `ChangeDir`.
pub fn change_directory(init: &Init, path: &CStr) -> Result<(), Failure> {
    if init.in_directory {
        return Ok(());
    }
    chdir(path).during("chdir")?;
    check_directory()
}

/// A directory outside the root has a name that does not start with a slash (CVE-2024-21626).
fn check_directory() -> Result<(), Failure> {
    let mut name = [0; 4096];
    let _length = trunc_sys::process::current_directory(&mut name).during("getcwd")?;
    if name.first() == Some(&b'/') {
        Ok(())
    } else {
        failed("getcwd", Errno::XDEV)
    }
}

/// `FindHome`: the sixth field of the user's line in /etc/passwd, `/` for a user without a line.
pub fn find_home(init: &mut Init, uid: u32) -> Result<(), Failure> {
    init.home.clear();
    init.home.push(b"HOME=");
    if !read_home(init, uid) {
        init.home.push(b"/");
    }
    Ok(())
}

#[inline(never)] // buffers: walk.rs
fn read_home(init: &mut Init, uid: u32) -> bool {
    let Ok(root) = init.root() else {
        return false;
    };
    let Ok(file) = paths::open(root, c"/etc/passwd", OFlags::RDONLY | OFlags::NONBLOCK) else {
        return false;
    };
    let mut bytes = [0; 8192];
    let mut kept = 0;
    loop {
        let Some(room) = bytes.get_mut(kept..) else {
            return false;
        };
        let length = rustix::io::read(&file, room).unwrap_or(0);
        let filled = kept + length;
        let mut at = 0;
        while let Some(end) = bytes[at..filled].iter().position(|byte| *byte == b'\n') {
            if let Some(home) = home_in(&bytes[at..at + end], uid) {
                return init.home.push(home);
            }
            at += end + 1;
        }
        if length == 0 {
            let rest = &bytes[at..filled];
            return home_in(rest, uid).is_some_and(|home| init.home.push(home));
        }
        // A line that fills the whole buffer is no user's: skip it.
        let at = if at == 0 && filled == bytes.len() {
            filled
        } else {
            at
        };
        bytes.copy_within(at..filled, 0);
        kept = filled - at;
    }
}

/// "name:password:uid:gid:comment:home:shell".
fn home_in(line: &[u8], uid: u32) -> Option<&[u8]> {
    let mut fields = line.split(|byte| *byte == b':');
    let number = parse_number(fields.nth(2)?)?;
    let home = fields.nth(2)?;
    (number == u64::from(uid) && !home.is_empty()).then_some(home)
}

/// `ResolveProgram`: as execvp(3) would, but before anybody waits, so that `create` can say what is missing.
pub fn resolve(init: &mut Init, name: &CStr, search: &CStr) -> Result<(), Failure> {
    if name.to_bytes().contains(&b'/') {
        init.program.clear();
        init.program.push(name.to_bytes());
        return check_program(name);
    }
    let mut search = Some(search.to_bytes());
    while let Some(list) = search {
        let (directory, rest) =
            split_once(list, b':').map_or((list, None), |(first, rest)| (first, Some(rest)));
        search = rest;
        init.program.clear();
        init.program.push(if directory.is_empty() {
            b"."
        } else {
            directory
        });
        init.program.push(b"/");
        if !init.program.push(name.to_bytes()) {
            continue;
        }
        match check_program(init.program.as_c_str()) {
            Ok(()) => return Ok(()),
            Err(failure) if is_elsewhere(failure.errno) => {}
            Err(failure) => return Err(failure),
        }
    }
    failed("lookPath", Errno::NOENT)
}

/// Whether the search goes on: what is here is no program, or nothing. Any other error says nothing about the file.
const fn is_elsewhere(errno: Errno) -> bool {
    matches!(
        errno,
        Errno::NOENT
            | Errno::NOTDIR
            | Errno::ACCESS
            | Errno::ISDIR
            | Errno::LOOP
            | Errno::NAMETOOLONG
    )
}

fn check_program(path: &CStr) -> Result<(), Failure> {
    let stat = statat(CWD, path, AtFlags::empty()).during("stat")?;
    if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
        return failed("stat", Errno::ISDIR);
    }
    match accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS) {
        Ok(()) => Ok(()),
        // Profiles older than faccessat2(2) refuse it: then the bits have to do.
        Err(Errno::NOSYS | Errno::PERM) if stat.st_mode & 0o111 != 0 => Ok(()),
        Err(Errno::NOSYS | Errno::PERM) => failed("access", Errno::ACCESS),
        Err(errno) => failed("access", errno),
    }
}

/// `Exec`: returns only when it failed.
pub fn execute(init: &mut Init, args: TextList<'_>, env: TextList<'_>) -> Failure {
    let arg_count = args.len() + 1;
    let memory = match pointers(arg_count + env.len() + 2) {
        Ok(memory) => memory,
        Err(errno) => {
            return Failure {
                call: "mmap",
                errno,
            };
        }
    };
    let (arg_memory, env_memory) = memory.split_at_mut(arg_count);
    let errno = {
        let mut arg_list = PointerList::new(arg_memory);
        let mut env_list = PointerList::new(env_memory);
        args.iter().for_each(|arg| {
            arg_list.push(arg);
        });
        env.iter().for_each(|variable| {
            env_list.push(variable);
        });
        if let Some(home) = given(init.home.as_c_str()) {
            env_list.push(home);
        }
        execve(init.program.as_c_str(), arg_list, env_list)
    };
    describe_file(init);
    Failure {
        call: "execve",
        errno,
    }
}

/// Why a file was not executed is in the file: another machine's ELF, or an interpreter that is missing.
#[inline(never)] // buffers: walk.rs
fn describe_file(init: &mut Init) {
    let note = &mut init.control.note;
    note.clear();
    note.push(init.program.as_bytes());
    let mut head = [0; 1024];
    let Ok(file) = open(
        init.program.as_c_str(),
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK,
        Mode::empty(),
    ) else {
        return;
    };
    let length = rustix::io::read(&file, &mut head).unwrap_or(0);
    let head = head.get(..length).unwrap_or_default();
    if let Some(line) = head.strip_prefix(b"#!") {
        note.push(b": interpreter ");
        note.push(
            line.split(|byte| *byte == b'\n')
                .next()
                .unwrap_or_default()
                .trim_ascii(),
        );
    } else if head.starts_with(b"\x7fELF") {
        note.push(b": ELF machine ");
        note.push_number(elf_half(head, 18));
        if let Some(loader) = elf_interpreter(head) {
            note.push(b", interpreter ");
            note.push(loader);
        }
    }
}

fn elf_half(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 2)
        .and_then(|half| half.try_into().ok())
        .map_or(0, |half| u64::from(u16::from_le_bytes(half)))
}

fn elf_long(bytes: &[u8], at: usize) -> Option<usize> {
    let long = bytes.get(at..at + 8)?.try_into().ok()?;
    usize::try_from(u64::from_le_bytes(long)).ok()
}

/// The path in `PT_INTERP` of a 64-bit ELF file, where it lies in the head (elf(5)).
fn elf_interpreter(head: &[u8]) -> Option<&[u8]> {
    const PT_INTERP: u64 = 3;
    let table = elf_long(head, 32)?;
    let (size, count) = (elf_half(head, 54), elf_half(head, 56));
    for index in 0..count.min(32) {
        let entry = table.checked_add(usize::try_from(index * size).ok()?)?;
        if elf_half(head, entry) == PT_INTERP {
            let (offset, length) = (elf_long(head, entry + 8)?, elf_long(head, entry + 32)?);
            return head.get(offset..offset.checked_add(length)?.checked_sub(1)?);
        }
    }
    None
}
