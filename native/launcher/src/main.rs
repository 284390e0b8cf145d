//! `trunc`: a C `main` that runs the bytecode of runtime/ on QuickJS, with the addon as its only
//! way to the world. Knows nothing of containers.
//!
//! Neither the caller's environment nor its working directory changes what code runs: the chunks
//! are part of the binary, and no module path is ever looked up.
#![no_main]
#![deny(unsafe_code)]

mod chunks;
mod engine;
mod environment;
mod failure;
#[allow(unsafe_code)] // the C entry point, process state, the addon's registration, bytecode
mod ffi;
#[cfg(musl)]
#[allow(unsafe_code)] // the C names of the heap, mappings
mod heap;
mod jobs;
mod rejections;
#[cfg(musl)]
#[allow(unsafe_code)] // copies memory into the heap, statics and the thread's variables
mod snapshot;
mod start;
