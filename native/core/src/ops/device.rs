//! v2: the device program of a cgroup, in place of what was attached to it before.

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use trunc_sys::bpf::{
    MAX_ATTACHED, attach_device_program, attached_device_programs, detach_device_program,
    load_device_program, program_by_id,
};

use crate::cgroup::{full_path, open_dir};
use crate::error::{Call, Error, Result};

/// Loads and attaches it.
pub fn attach(root: &str, path: &str, program: &[u8]) -> Result<()> {
    let place = full_path(root, path, "")?;
    let cgroup = open_dir(&place)?;
    let program = load(program)?;
    let before = attached(&cgroup).call("bpf", &place)?;

    // One can be replaced in one step: at no moment everything is allowed.
    let replaced = if let [one] = &before[..] {
        Some(one)
    } else {
        None
    };
    match attach_device_program(&cgroup, &program, replaced) {
        // Attached by somebody who allows no others beside it: EINVAL; it goes after ours is in force nowhere.
        Err(Errno::INVAL) if replaced.is_some() => {
            attach_device_program(&cgroup, &program, None).call("bpf", &place)?
        }
        result => {
            return result
                .call("bpf", &place)
                .and_then(|()| detach_all(&cgroup, &before, replaced, &place));
        }
    }
    detach_all(&cgroup, &before, None, &place)
}

fn load(program: &[u8]) -> Result<OwnedFd> {
    load_device_program(program, &mut []).or_else(|errno| {
        let mut log = vec![0; 64 * 1024];
        load_device_program(program, &mut log).map_err(|_| {
            let end = log.iter().position(|byte| *byte == 0).unwrap_or(0);
            let said = String::from_utf8_lossy(&log[..end]);
            let last = said
                .lines()
                .rev()
                .find(|line| !line.starts_with("processed"))
                .unwrap_or_default();
            Error::call("bpf", errno, format!("device program {last}").trim_end())
        })
    })
}

fn attached(cgroup: &OwnedFd) -> std::result::Result<Vec<OwnedFd>, Errno> {
    let mut ids = [0; MAX_ATTACHED];
    let count = attached_device_programs(cgroup, &mut ids)?;
    ids[..count].iter().map(|id| program_by_id(*id)).collect()
}

fn detach_all(
    cgroup: &OwnedFd,
    before: &[OwnedFd],
    replaced: Option<&OwnedFd>,
    place: &str,
) -> Result<()> {
    if replaced.is_some() {
        return Ok(());
    }
    before
        .iter()
        .try_for_each(|program| detach_device_program(cgroup, program).call("bpf", place))
}
