//! The init: runs as the container's first process, walks over the plan that the host side sent, and becomes the
//! container's program. No std, no libc, no allocation: its pages are the container's.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod control;
mod enter;
mod entry;
mod failure;
mod namespaces;
mod ops;
mod paths;
mod text;
mod tree;
mod walk;

/// The exit status of an init that has nobody to report to.
const NO_CONTROL: u8 = 2;

/// Descriptor number of the control socket is the only argument.
fn run(control: i32) -> u8 {
    match trunc_sys::descriptors::inherited(control) {
        Ok(control) => walk::walk(&mut ops::Init::new(control::Control::new(control))),
        Err(_) => NO_CONTROL,
    }
}
