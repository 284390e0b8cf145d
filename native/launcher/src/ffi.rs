//! The launcher's only unsafe code: C `main`, the state every process needs before it does anything,
//! the linked-in addon and the embedded bytecode.

use std::ffi::{CStr, OsStr, OsString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;

use rquickjs::{Ctx, Module, Object, Result, qjs};

use crate::engine::Engine;
#[cfg(musl)]
use crate::snapshot;
use crate::start;

// Provided by the napi crate inside trunc-addon; naming the addon keeps its registrations linked.
const _: () = trunc_addon::LINKED;
unsafe extern "C" {
    fn napi_register_module_v1(env: *mut c_void, exports: *mut c_void) -> *mut c_void;
}

/// Entered from the C start-up code: Rust's own would read /proc/self/maps, install handlers for
/// SIGSEGV and SIGBUS, and ignore SIGPIPE, which every program that we exec would inherit.
#[unsafe(no_mangle)]
extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    open_standard_streams();
    catch_sigpipe();
    let engine = saved_engine(argc, argv);
    exit(start::start(engine, arguments(argc, argv)))
}

/// The engine out of a saved heap; saves one instead where the build asks for it.
#[cfg(musl)]
fn saved_engine(argc: c_int, argv: *const *const c_char) -> Option<Engine> {
    if let Some(save) = snapshot::save::asked(argc, argv) {
        exit(start::save(&save));
    }
    snapshot::restore(argc, argv)
}

#[cfg(not(musl))]
fn saved_engine(_argc: c_int, _argv: *const *const c_char) -> Option<Engine> {
    None
}

/// The arguments without the program's name. Not those of std, which has them from glibc's start-up code.
fn arguments(argc: c_int, argv: *const *const c_char) -> Vec<OsString> {
    (1..usize::try_from(argc).unwrap_or(0))
        .map(|index| {
            // SAFETY: the C start-up code passes `argc` C strings, which stay for as long as the process.
            let argument = unsafe { CStr::from_ptr(*argv.add(index)) };
            OsStr::from_bytes(argument.to_bytes()).to_owned()
        })
        .collect()
}

/// Leaves without atexit handlers and without freeing the engine's heap; nothing is buffered.
pub fn exit(code: i32) -> ! {
    // SAFETY: _exit has no preconditions and runs no code of ours.
    unsafe { libc::_exit(code) }
}

/// Says why and leaves with 1, where nothing can be allocated.
#[cfg(musl)]
pub fn end(line: &str) -> ! {
    // SAFETY: the pointer and the length are those of the text.
    unsafe { libc::write(2, line.as_ptr().cast(), line.len()) };
    exit(1)
}

/// Opens /dev/null for each of the descriptors 0 to 2 that is closed: otherwise the next file
/// opened takes its number, and a message meant for standard error lands in it.
fn open_standard_streams() {
    let mut streams = [0, 1, 2].map(|fd| libc::pollfd {
        fd,
        events: 0,
        revents: 0,
    });
    // SAFETY: the pointer and the length describe the array above, which outlives the call.
    let ready = unsafe { libc::poll(streams.as_mut_ptr(), 3, 0) };
    if ready <= 0 {
        return;
    }
    for stream in streams {
        // open takes the lowest free number: going upwards, that is the one just found closed.
        if stream.revents & libc::POLLNVAL != 0 {
            // SAFETY: the path is a C string literal.
            let fd = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) };
            if fd != stream.fd {
                exit(1);
            }
        }
    }
}

/// Makes a write to a closed pipe fail with EPIPE instead of killing a half-done command. A
/// handler, unlike an ignored signal, is reset by exec: hooks and containers start with the default.
fn catch_sigpipe() {
    extern "C" fn ignore(_signal: c_int) {}
    // SAFETY: the handler does nothing, so it is safe at any point; the action is fully set.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = ignore as *const () as usize;
        action.sa_flags = libc::SA_RESTART;
        libc::sigaction(libc::SIGPIPE, &raw const action, std::ptr::null_mut());
    }
}

/// The stack that the kernel lets the main thread grow to, in bytes.
pub fn stack_limit() -> usize {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the pointer is to a local that outlives the call.
    let failed = unsafe { libc::getrlimit(libc::RLIMIT_STACK, &raw mut limit) } != 0;
    if failed {
        0
    } else {
        usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX)
    }
}

/// Tells the engine that the stack begins here: a saved one has another process's.
pub fn set_stack_top(ctx: &Ctx<'_>) {
    // SAFETY: the context and its runtime are alive; this is the only thread.
    unsafe { qjs::JS_UpdateStackTop(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) };
}

/// Registers the linked-in addon and returns its exports.
pub fn load_addon<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    // SAFETY: the function is the registration that napi generated for the linked-in addon.
    let exports = unsafe { rquickjs_napi::register_addon(ctx, napi_register_module_v1) }?;
    exports
        .try_into_object()
        .map_err(|_| rquickjs::Error::Unknown)
}

/// Reads one embedded chunk. It stays where it is: the engine refers to the static bytes.
pub fn load_bytecode<'js>(ctx: &Ctx<'js>, bytes: &'static [u8]) -> Result<Module<'js>> {
    // SAFETY: native/bytecode compiled these bytes with the same engine; nothing else is ever passed.
    unsafe { Module::load(ctx.clone(), bytes) }
}
