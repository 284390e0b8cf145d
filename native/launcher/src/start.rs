//! From the command line to the exit code: arguments as text, the engine's run, one line on failure.

use std::ffi::OsString;
use std::io::{Write, stderr};
use std::panic::{self, PanicHookInfo};

use crate::chunks::RUNTIME;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::ffi;
#[cfg(musl)]
use crate::snapshot::save::Save;

/// The exit code of the whole program; `argv` is without its name. `engine` is one that is ready, if there is.
pub fn start(engine: Option<Engine>, argv: Vec<OsString>) -> i32 {
    panic::set_hook(Box::new(|panic| {
        print(&Failure::new(text_of(panic)).report(false));
        ffi::exit(1);
    }));
    let with_stack = argv.iter().any(|argument| argument == "--debug");
    let argv = match texts_of(argv) {
        Ok(argv) => argv,
        Err(message) => {
            print(&message);
            return 1;
        }
    };
    match pollster::block_on(run(engine, argv)) {
        Ok(exit_code) => exit_code,
        Err(failure) => {
            print(&failure.report(with_stack));
            1
        }
    }
}

async fn run(engine: Option<Engine>, argv: Vec<String>) -> Result<i32, Failure> {
    let engine = match engine {
        Some(engine) => engine,
        None => Engine::new(RUNTIME, &[]).await?,
    };
    engine.run(argv).await
}

/// Makes an engine and saves it instead of running it; the exit code.
#[cfg(musl)]
pub fn save(save: &Save) -> i32 {
    let engine = match pollster::block_on(Engine::new(RUNTIME, &save.chunks)) {
        Ok(engine) => Box::into_raw(Box::new(engine)),
        Err(failure) => {
            print(&failure.report(true));
            return 1;
        }
    };
    match save.write(engine.cast()) {
        Ok(()) => 0,
        Err(error) => {
            print(&format!("trunc: cannot save the heap: {error}\n"));
            1
        }
    }
}

/// One line, where Rust would print three and abort.
fn text_of(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    let text = text
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    format!("panic: {text} ({place})")
}

/// JavaScript strings can't hold other bytes, and replacing them would act on the wrong file.
fn texts_of(argv: Vec<OsString>) -> Result<Vec<String>, String> {
    argv.into_iter()
        .enumerate()
        .map(|(index, argument)| {
            argument.into_string().map_err(|argument| {
                format!("trunc: argument {}: {argument:?} is not UTF-8\n", index + 1)
            })
        })
        .collect()
}

/// Nothing can be done about a failure to report a failure.
fn print(text: &str) {
    let _ = stderr().write_all(text.as_bytes());
}
