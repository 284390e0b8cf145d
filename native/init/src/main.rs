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

/// Descriptor number of the control socket is the only argument.
fn run(control: i32) -> u8 {
    let Some(control) = trunc_sys::descriptors::inherited(control) else {
        return 2;
    };
    walk::walk(control::Control::new(control))
}
