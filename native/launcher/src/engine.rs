//! Sets up QuickJS with its limits, calls `main(host, argv, env)` of the main chunk and waits for
//! the exit code it promises. The first half may have been done at build time (snapshot.rs).

use std::mem::ManuallyDrop;

use rquickjs::allocator::RustAllocator;
use rquickjs::context::intrinsic;
use rquickjs::module::Evaluated;
use rquickjs::{
    AsyncContext, AsyncRuntime, Ctx, Function, Module, Object, Persistent, Promise, Value,
};

use crate::chunks::{Chunk, Chunks, NAPI_HELPER};
use crate::failure::Failure;
use crate::rejections::Rejections;
use crate::{environment, ffi, jobs};

/// More heap than any command needs; a config that asks for more is a mistake or an attack.
const MEMORY_LIMIT: usize = 256 << 20;

/// The engine's own limit for the native stack: deep JSON throws instead of crashing.
const STACK_LIMIT: usize = 4 << 20;

/// Below it there is nothing to collect: most commands end with less. In bytes.
const GC_THRESHOLD: usize = 16 << 20;

/// All that the language has but for DOMException and base64, which nothing here uses: each makes every heap larger.
type Intrinsics = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::Performance,
    intrinsic::WeakRef,
);

/// An engine that has the addon and the main chunk: all that is the same whatever the command line says. Never freed: the process
/// ends with it.
pub struct Engine(ManuallyDrop<Parts>);

struct Parts {
    runtime: AsyncRuntime,
    context: AsyncContext,
    rejections: Rejections,
    entry: Entry,
}

/// What `main(host, argv, env)` is called with, but for the arguments.
struct Entry {
    main: Persistent<Function<'static>>,
    host: Persistent<Object<'static>>,
    lookup: Persistent<Function<'static>>,
}

impl Engine {
    /// Loads the main chunk of `chunks`, and those of `ahead` before anybody asks for them.
    ///
    /// # Errors
    /// What TypeScript threw while it was loaded: a defect of the build.
    pub async fn new(chunks: &'static [Chunk], ahead: &[&str]) -> Result<Self, Failure> {
        let rejections = Rejections::default();
        let runtime = AsyncRuntime::new_with_alloc(RustAllocator)?;
        runtime.set_memory_limit(MEMORY_LIMIT).await;
        runtime.set_gc_threshold(GC_THRESHOLD).await;
        runtime
            .set_host_promise_rejection_tracker(Some(rejections.tracker()))
            .await;
        runtime.set_loader(Chunks(chunks), Chunks(chunks)).await;
        let context = AsyncContext::custom::<Intrinsics>(&runtime).await?;
        let entry = context
            .with(|ctx| {
                load(&ctx, &Chunks(chunks), ahead).map_err(|error| Failure::from((&ctx, error)))
            })
            .await?;
        Ok(Self(ManuallyDrop::new(Parts {
            runtime,
            context,
            rejections,
            entry,
        })))
    }

    /// Calls `main`; the arguments come without the program's name.
    ///
    /// # Errors
    /// What TypeScript threw and nobody caught, or its way of not finishing.
    pub async fn run(self, argv: Vec<String>) -> Result<i32, Failure> {
        let Parts {
            runtime,
            context,
            rejections,
            entry,
        } = ManuallyDrop::into_inner(self.0);
        context.with(|ctx| ffi::set_stack_top(&ctx)).await;
        // Half of what the kernel allows stays for the native frames below JavaScript's.
        runtime
            .set_max_stack_size(STACK_LIMIT.min(ffi::stack_limit() / 2))
            .await;
        let exit_code = context
            .with(|ctx| match call_main(&ctx, entry, argv) {
                Ok(promise) => Ok(Persistent::save(&ctx, promise)),
                Err(error) => Err(Failure::from((&ctx, error))),
            })
            .await?;
        jobs::drain(&runtime).await?;
        let result = context
            .with(|ctx| settled(&ctx, exit_code, &rejections))
            .await;

        // The process is about to end: freeing the engine's heap piece by piece is wasted time.
        std::mem::forget((context, runtime, rejections));
        result
    }
}

fn load(ctx: &Ctx<'_>, chunks: &Chunks, ahead: &[&str]) -> rquickjs::Result<Entry> {
    let factory: Function = evaluate(ctx, NAPI_HELPER)?.get("default")?;
    ctx.globals().set(rquickjs_napi::STATE_FACTORY, factory)?;
    let host = ffi::load_addon(ctx)?;
    let lookup = Function::new(ctx.clone(), environment::lookup)?;
    let main: Function = evaluate(ctx, chunks.find("main.js")?)?.get("main")?;
    for name in ahead {
        evaluate(ctx, chunks.find(name)?)?;
    }
    Ok(Entry {
        main: Persistent::save(ctx, main),
        host: Persistent::save(ctx, host),
        lookup: Persistent::save(ctx, lookup),
    })
}

fn call_main<'js>(
    ctx: &Ctx<'js>,
    entry: Entry,
    argv: Vec<String>,
) -> rquickjs::Result<Promise<'js>> {
    let host = entry.host.restore(ctx)?;
    let lookup = entry.lookup.restore(ctx)?;
    entry.main.restore(ctx)?.call((host, argv, lookup))
}

fn evaluate<'js>(ctx: &Ctx<'js>, bytes: &'static [u8]) -> rquickjs::Result<Module<'js, Evaluated>> {
    let (module, done) = ffi::load_bytecode(ctx, bytes)?.eval()?;
    // Without top-level await the promise is settled already; this throws what the module threw.
    done.finish::<()>()?;
    Ok(module)
}

/// The exit code, once there is nothing left to run.
fn settled(
    ctx: &Ctx<'_>,
    promise: Persistent<Promise<'static>>,
    rejections: &Rejections,
) -> Result<i32, Failure> {
    let promise = promise.restore(ctx)?;
    let Some(result) = promise.result::<Value>() else {
        return Err(Failure::new(
            "main() waits for something that will never happen",
        ));
    };
    let value = result.map_err(|error| Failure::from((ctx, error)))?;
    if let Some(failure) = rejections.first(ctx) {
        return Err(failure);
    }
    value
        .as_int()
        .ok_or_else(|| Failure::new("main() returned no exit code"))
}
