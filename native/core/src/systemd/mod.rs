//! systemd over D-Bus: transient units, their properties and their end. The message format is that of the `zbus` crate;
//! a connection lasts for one request, and everything has a deadline.
//!
//! Source: org.freedesktop.systemd1(5), the D-Bus specification.

mod bus;
#[cfg(test)]
mod bus_tests;
mod manager;
mod message;
mod properties;

pub use manager::{Facts, attach_to_unit, facts, set_unit_properties, start_unit, stop_unit};
