//! User, groups and capabilities, in the order that works (capabilities(7)): the bounding set while the right to drop is
//! there, then the user with the permitted set kept, then the sets, then what needs both permitted and inheritable.

use crate::failure::{During, Failure, failed};
use rustix::io::Errno;
use rustix::thread::{Gid, Uid, set_thread_res_gid, set_thread_res_uid};
use trunc_plan::wire::U32List;
use trunc_sys::credentials::{
    CapabilitySets, LAST_CAPABILITY, clear_ambient, drop_bounding, is_bounding, keep_capabilities,
    raise_ambient, set_capabilities, set_dumpable, set_groups,
};

/// Who the container's process is.
#[derive(Clone, Copy)]
pub struct User<'a> {
    pub uid: u32,
    pub gid: u32,
    pub groups: U32List<'a>,
    pub keep_groups: bool,
}

/// `BecomeRoot`: user and group 0 of a user namespace whose maps are written.
pub fn become_root() -> Result<(), Failure> {
    become_full_root()?;
    // The change of user made the process undumpable, and its files in /proc root's of the host.
    set_dumpable(true).during("prctl")
}

/// User and group 0 with all capabilities, undumpable.
pub fn become_full_root() -> Result<(), Failure> {
    change_user(0, 0)?;
    // Raised by the host side so that the capabilities survive the exec of the init (execve(2) drops them otherwise).
    clear_ambient().during("prctl")?;
    let all = known()?;
    set_capabilities(CapabilitySets {
        effective: all,
        permitted: all,
        inheritable: 0,
    })
    .during("capset")
}

/// The capabilities that the kernel knows: it ignores other bits in capset(2) but not where they are compared.
fn known() -> Result<u64, Failure> {
    for capability in 0..=LAST_CAPABILITY {
        match is_bounding(capability) {
            Ok(_) => {}
            Err(Errno::INVAL) => return Ok((1 << capability) - 1),
            Err(errno) => return failed("prctl", errno),
        }
    }
    Ok(u64::MAX)
}

/// `Credentials`.
pub fn set(
    user: User<'_>,
    bounding: u64,
    sets: CapabilitySets,
    ambient: u64,
) -> Result<(), Failure> {
    drop_from_bounding(bounding)?;
    // Only a change to another user than root empties the sets (capabilities(7)).
    let changes_sets = user.uid != 0;
    if changes_sets {
        keep_capabilities(true).during("prctl")?;
    }
    if !user.keep_groups {
        set_groups(user.groups.as_bytes()).during("setgroups")?;
    }
    change_user(user.uid, user.gid)?;
    // Ambient is what is inheritable at most: capset(2) takes out the rest.
    if sets.inheritable != 0 {
        clear_ambient().during("prctl")?;
    }
    set_capabilities(sets).during("capset")?;
    if changes_sets {
        keep_capabilities(false).during("prctl")?;
    }
    for capability in bits(ambient) {
        raise_ambient(capability).during("prctl(PR_CAP_AMBIENT_RAISE)")?;
    }
    Ok(())
}

fn bits(set: u64) -> impl Iterator<Item = u32> {
    (0..=LAST_CAPABILITY).filter(move |capability| set >> capability & 1 == 1)
}

fn drop_from_bounding(keep: u64) -> Result<(), Failure> {
    for capability in 0..=LAST_CAPABILITY {
        if keep >> capability & 1 == 1 {
            continue;
        }
        match drop_bounding(capability) {
            Ok(()) => {}
            // The first number that this kernel does not know: there are no more.
            Err(Errno::INVAL) => return Ok(()),
            Err(errno) => return failed("prctl(PR_CAPBSET_DROP)", errno),
        }
    }
    Ok(())
}

/// 4294967295 means "leave it" to the kernel: it would keep the user silently.
fn change_user(uid: u32, gid: u32) -> Result<(), Failure> {
    if uid == u32::MAX || gid == u32::MAX {
        return failed("setresuid", Errno::INVAL);
    }
    let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
    set_thread_res_gid(gid, gid, gid).during("setresgid")?;
    set_thread_res_uid(uid, uid, uid).during("setresuid")
}
