//! The host side of the runtime: makes containers from plans, and reads and changes the host for the commands.
//!
//! - [`launch`]: one container from plan to process; [`spawn`], [`init_image`] and [`handshake`] are its parts,
//!   [`ops`] and [`fds`] what it does on the host, [`joins`] the namespaces that exist already, [`death`] why an init ended,
//!   [`trace`] how long everything took, [`filter`] the door to the seccomp compiler.
//! - [`start`], [`supervise`], [`notify`]: what follows.
//! - [`cgroup`], [`process`], [`hook`], [`facts`], [`rights`]: the host as commands see it.
//! - [`systemd`]: its units, over D-Bus.
//! - [`capture`]: other programs, for what they print; [`criu`]: the one that writes containers down and makes them anew.
//! - [`text`], [`dirs`], [`links`], [`remove_tree`], [`lock`], [`descriptors`], [`send_fds`]: files, locks and descriptors.
//!
//! Functions return, they never print. Descriptors are close-on-exec from birth.
#![forbid(unsafe_code)]

pub mod beneath;
pub mod capture;
pub mod cgroup;
pub mod criu;
pub mod death;
pub mod descriptors;
pub mod dirs;
pub mod errno;
pub mod error;
pub mod facts;
pub mod fds;
pub mod filter;
pub mod handshake;
pub mod hook;
pub mod init_image;
pub mod inspect;
pub mod io;
pub mod joins;
pub mod launch;
pub mod links;
pub mod lock;
pub mod notify;
pub mod ops;
pub mod process;
pub mod remove_tree;
pub mod rights;
pub mod send_fds;
pub mod spawn;
pub mod start;
pub mod supervise;
pub mod systemd;
pub mod text;
pub mod trace;

pub use error::{Error, Phase, Result};
