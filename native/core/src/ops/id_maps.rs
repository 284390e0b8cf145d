//! The id maps of a new user namespace, written to /proc/PID, or by newuidmap(1) and newgidmap(1), which may do what the
//! kernel forbids an ordinary user.

use crate::error::{Error, Result};
use crate::hook::{self, Hook};
use crate::spawn::Exit;

use super::{Target, proc_file};

/// Where the helpers may be: never looked up in the caller's environment.
const HELPER_DIRS: [&str; 3] = ["/usr/bin", "/bin", "/usr/local/bin"];
const HELPER_TIMEOUT_MS: u32 = 10_000;

/// Writes both maps.
pub fn write(
    target: &mut Target,
    uid: &str,
    gid: &str,
    deny_setgroups: bool,
    helpers: bool,
) -> Result<()> {
    if deny_setgroups {
        proc_file::write(target, "setgroups", "deny")?;
    }
    if helpers {
        run_helper("newuidmap", target.pid, uid)?;
        return run_helper("newgidmap", target.pid, gid);
    }
    proc_file::write(target, "uid_map", uid)?;
    proc_file::write(target, "gid_map", gid)
}

fn run_helper(name: &str, pid: u32, map: &str) -> Result<()> {
    let path = HELPER_DIRS
        .iter()
        .map(|dir| format!("{dir}/{name}"))
        .find(|path| std::path::Path::new(path).is_file());
    let path = path.ok_or_else(|| {
        Error::text(format!(
            "{name} is not installed (in {})",
            HELPER_DIRS.join(", ")
        ))
    })?;
    let ids = map.split_whitespace().map(str::to_owned);
    let args = [name.to_owned(), pid.to_string()]
        .into_iter()
        .chain(ids)
        .collect();
    let helper = Hook {
        path,
        args,
        timeout_ms: HELPER_TIMEOUT_MS,
        cwd: "/".to_owned(),
        ..Hook::default()
    };
    let result = hook::run(&helper)?;
    if result.exit == Exit::Code(0) {
        return Ok(());
    }
    let said = result
        .stderr
        .trim()
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned();
    Err(Error::text(format!("{name} failed: {said}")))
}
