//! Files of the state directory and the bundle.

use crate::failure::OrThrow;
use napi::{Env, Result};
use napi_derive::napi;
use trunc_core::{dirs, inspect as inspects, links, lock as locks, remove_tree as trees, text};
use trunc_plan::values::U32;

/// A whole text file.
#[napi(object, object_from_js = false)]
pub struct TextFile {
    pub text: String,
    /// 16 or more digits in a row somewhere: an integer may be too big for a number.
    pub has_big_integers: bool,
}

/// Reads a whole file of at most `limit` bytes.
#[napi]
pub fn read_text(env: Env, path: String, limit: U32) -> Result<TextFile> {
    let text::TextFile {
        text,
        has_big_integers,
    } = text::read(&path, limit.0 as usize).or_throw(&env)?;
    Ok(TextFile {
        text,
        has_big_integers,
    })
}

/// Reads all of standard input, at most `limit` bytes.
#[napi]
pub fn read_stdin(env: Env, limit: U32) -> Result<TextFile> {
    let text::TextFile {
        text,
        has_big_integers,
    } = text::read_stdin(limit.0 as usize).or_throw(&env)?;
    Ok(TextFile {
        text,
        has_big_integers,
    })
}

/// Replaces a file: readers see the old text or the new one.
#[napi]
pub fn write_text(env: Env, path: String, text: String, mode: U32) -> Result<()> {
    text::write(&path, &text, mode.0).or_throw(&env)
}

/// Appends to a file, as to logs.
#[napi]
pub fn append_text(env: Env, path: String, text: String, mode: U32) -> Result<()> {
    text::append(&path, &text, mode.0).or_throw(&env)
}

/// Writes `.NAME`, which must not be there, and renames it to `NAME`, as engines expect of pid files.
#[napi]
pub fn write_new(env: Env, path: String, text: String, mode: U32) -> Result<()> {
    text::write_new(&path, &text, mode.0).or_throw(&env)
}

/// mkdir(2).
#[napi]
pub fn make_dir(env: Env, path: String, mode: U32) -> Result<()> {
    dirs::make(&path, mode.0).or_throw(&env)
}

/// Makes a directory and its missing parents.
#[napi]
pub fn make_dirs(env: Env, path: String, mode: U32) -> Result<()> {
    dirs::make_all(&path, mode.0).or_throw(&env)
}

/// The names in a directory, sorted.
#[napi]
pub fn list_dir(env: Env, path: String) -> Result<Vec<String>> {
    dirs::list(&path).or_throw(&env)
}

/// Removes a file or a tree, following no symbolic link and entering no mount; nothing to remove is no error.
#[napi]
pub fn remove_tree(env: Env, path: String) -> Result<()> {
    trees::remove_tree(&path).or_throw(&env)
}

/// Whether the path leads somewhere.
#[napi]
pub fn exists(env: Env, path: String) -> Result<bool> {
    dirs::exists(&path).or_throw(&env)
}

/// The absolute path without symbolic links.
#[napi]
pub fn real_path(env: Env, path: String) -> Result<String> {
    dirs::real_path(&path).or_throw(&env)
}

/// A lock that is held.
#[napi]
pub struct Lock(Option<locks::Lock>);

#[napi]
impl Lock {
    /// Lets go; a second time does nothing.
    #[napi]
    pub fn close(&mut self) {
        self.0 = None;
    }
}

/// flock(2) of a file, which is made if it is missing; `timeoutMs` of 0 waits for ever.
#[napi]
pub fn lock(env: Env, path: String, timeout_ms: U32) -> Result<Lock> {
    locks::lock(&path, timeout_ms.0)
        .or_throw(&env)
        .map(|held| Lock(Some(held)))
}

/// What a path of a container leads to.
#[napi(object, object_from_js = false)]
pub struct Place {
    /// Without links, as the kernel has it: of another mount namespace, from the root of that.
    pub path: String,
    pub is_dir: bool,
}

/// Resolves a path with `root` as `/`; null when there is nothing.
#[napi]
pub fn resolve_in(env: Env, root: String, path: String) -> Result<Option<Place>> {
    let found = links::resolve_in(&root, &path).or_throw(&env)?;
    Ok(found.map(|links::Place { path, is_dir }| Place { path, is_dir }))
}

/// What kind of file a path of the host leads to, and how its content begins.
#[napi(object, object_from_js = false)]
pub struct Inspected {
    /// `st_mode`: type and permissions.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// The first bytes of a regular file, one character each.
    pub head: String,
}

/// Looks at a path of the host, following links; null when there is nothing.
#[napi]
pub fn inspect(env: Env, path: String) -> Result<Option<Inspected>> {
    let found = inspects::inspect(&path).or_throw(&env)?;
    Ok(found.map(|seen| Inspected {
        mode: seen.mode,
        uid: seen.uid,
        gid: seen.gid,
        head: seen.head.iter().map(|&byte| char::from(byte)).collect(),
    }))
}

/// The text of a symbolic link, or of one of /proc's magic ones; null when there is none.
#[napi]
pub fn read_link(env: Env, path: String) -> Result<Option<String>> {
    links::read_link(&path).or_throw(&env)
}
