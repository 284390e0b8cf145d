//! The contract between the three programs of the runtime: the TypeScript plan compiler, the host side
//! (`native/core`) and the init inside the container (`native/init`).
//!
//! - [`init_ops`]: the operations the init walks over, written down once: the owned form (host, N-API) and the
//!   borrowed form (init) come from one list.
//! - [`host_ops`]: the operations the host side does itself, before and after the clone.
//! - [`wire`]: how a plan becomes bytes, and how the init reads them without allocating.
//! - [`message`]: the fixed-size messages of the handshake.
#![cfg_attr(not(feature = "host"), no_std)]
#![cfg_attr(not(feature = "napi"), forbid(unsafe_code))]

#[cfg(feature = "host")]
pub mod host_ops;
pub mod init_ops;
pub mod message;
#[cfg(feature = "host")]
pub mod values;
pub mod wire;
