//! The launcher's only unsafe code: C `main`, the state every process needs before it does anything,
//! the linked-in addon and the embedded bytecode.

use std::ffi::{c_char, c_int, c_void};

use rquickjs::{Ctx, Module, Object, Result};

use crate::start;

// Provided by the napi crate inside trunc-addon; naming the addon keeps its registrations linked.
const _: () = trunc_addon::LINKED;
unsafe extern "C" {
    fn napi_register_module_v1(env: *mut c_void, exports: *mut c_void) -> *mut c_void;
}

/// Entered from the C start-up code: Rust's own would read /proc/self/maps, install handlers for
/// SIGSEGV and SIGBUS, and ignore SIGPIPE, which every program that we exec would inherit.
#[unsafe(no_mangle)]
extern "C" fn main(_argc: c_int, _argv: *const *const c_char) -> c_int {
    open_standard_streams();
    catch_sigpipe();
    fill_heap();
    exit(start::start())
}

/// Takes the memory that every command needs in two calls: page by page and chunk by chunk it would cost a fault for each
/// 4 KB, more than all else that a short command does. Without it everything works as well.
fn fill_heap() {
    /// What the engine and the addon take before a command does anything, rounded up.
    const LENGTH: c_int = 384 * 1024;
    const PAGE: usize = 4096;
    // SAFETY: M_TOP_PAD only changes by how much the heap grows at a time.
    unsafe { libc::mallopt(libc::M_TOP_PAD, LENGTH) };
    // SAFETY: malloc(3) and free(3) of a block that nobody uses; the first one makes the heap.
    let first = unsafe {
        let block = libc::malloc(1);
        libc::free(block);
        block
    };
    let start = first.addr() & !(PAGE - 1);
    let length = usize::try_from(LENGTH).unwrap_or(0);
    // SAFETY: populating changes no content; an address outside the heap is an error without effect (madvise(2)).
    unsafe {
        libc::madvise(
            std::ptr::with_exposed_provenance_mut(start),
            length,
            libc::MADV_POPULATE_WRITE,
        )
    };
}

/// Leaves without atexit handlers and without freeing the engine's heap; nothing is buffered.
pub fn exit(code: i32) -> ! {
    // SAFETY: _exit has no preconditions and runs no code of ours.
    unsafe { libc::_exit(code) }
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
    // SAFETY: build.rs compiled these bytes with the same engine; nothing else is ever passed.
    unsafe { Module::load(ctx.clone(), bytes) }
}
