//! The addon: registers the core's functions with N-API and converts their values. Decides nothing.
//!
//! Node loads it as a `.node` file, the launcher links it in; both call `napi_register_module_v1`.
//! One file per topic; the `#[napi]` items in them register themselves.

pub mod cgroups;
#[cfg(feature = "contract")]
pub mod contract;
pub mod criu;
pub mod facts;
mod failure;
pub mod files;
pub mod launch;
pub mod processes;
pub mod seccomp;
pub mod stdio;
pub mod supervise;
pub mod systemd;

/// Names this crate in the launcher, so that the linker keeps the registrations above.
pub const LINKED: () = ();
