//! What this process may do while it waits: signal the container's process, which may be another user's, and no more
//! (capabilities(7)). To lay down rights costs nobody anything, so where it is refused, by a filter around this program,
//! the wait goes on with them.

use rustix::io::Result;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, set_capabilities, set_no_new_privs,
};

/// What waiting needs; with `notify`, the manager's socket may be another user's, too.
fn needed(notify: bool) -> CapabilitySet {
    if notify {
        CapabilitySet::KILL | CapabilitySet::DAC_OVERRIDE
    } else {
        CapabilitySet::KILL
    }
}

/// Rights that are taken up again when this is dropped.
#[must_use]
pub struct LaidDown(CapabilitySets);

/// Puts all out of force that waiting does not need, until the container's process has ended: its removal needs them again.
pub fn lay_down(notify: bool) -> Option<LaidDown> {
    let sets = capabilities(None).ok()?;
    let effective = sets.effective & needed(notify);
    set_capabilities(None, CapabilitySets { effective, ..sets }).ok()?;
    Some(LaidDown(sets))
}

impl Drop for LaidDown {
    fn drop(&mut self) {
        // A lack of memory may pass. What comes next says so itself where it lacks a right.
        let _refused = set_capabilities(None, self.0).or_else(|_| set_capabilities(None, self.0));
    }
}

/// Gives all up for good that waiting does not need; nor can a program that is executed from here have them.
///
/// # Errors
/// What capget(2), capset(2) and prctl(2) say.
pub fn give_up(notify: bool) -> Result<()> {
    let kept = capabilities(None)?.permitted & needed(notify);
    let sets = CapabilitySets {
        effective: kept,
        permitted: kept,
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, sets)?;
    set_no_new_privs(true)
}
