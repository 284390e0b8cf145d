//! Compiles the chunks of a bundle and the helper of rquickjs-napi to bytecode, with the very engine that the launcher
//! embeds, and writes a table of them for native/launcher/src/chunks.rs to include. Use: bytecode BUNDLE OUT

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::{Declared, WriteOptions};
use rquickjs::{CatchResultExt, Context, Ctx, Module, Runtime};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[allow(clippy::disallowed_methods)] // this program runs on the host's own libc
fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [bundle, out] = arguments.as_slice() else {
        return Err("use: bytecode BUNDLE OUT".into());
    };
    let (bundle, out) = (Path::new(bundle), Path::new(out));
    // Chunk names carry a hash: stale ones would stay for ever.
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    fs::create_dir_all(out)?;

    let helper = format!("export default {}", rquickjs_napi::STATE_JS);
    fs::write(
        out.join("napi-helper.bin"),
        compile("napi-helper.js", &helper)?,
    )?;
    let mut table = String::from(
        "/// The helper of rquickjs-napi; its default export is the factory.\n\
         pub static NAPI_HELPER: &[u8] = include_bytes!(\"napi-helper.bin\");\n",
    );
    table += &chunk_table("RUNTIME", bundle, out)?;
    fs::write(out.join("chunks.rs"), table)?;
    Ok(())
}

/// Compiles each `.js` file of `folder`; the text of a static table `name` of their bytecode.
fn chunk_table(name: &str, folder: &Path, out: &Path) -> Outcome<String> {
    let mut table = format!("/// Compiled chunks.\npub static {name}: &[Chunk] = &[\n");
    for chunk in chunks_of(folder)? {
        let source = fs::read_to_string(folder.join(&chunk))?;
        let blob = format!("{name}-{chunk}.bin");
        fs::write(out.join(&blob), compile(&chunk, &source)?)?;
        writeln!(table, "    ({chunk:?}, include_bytes!({blob:?})),")?;
    }
    table += "];\n";
    Ok(table)
}

/// The names of the `.js` files in `folder`, sorted, so that builds are alike.
fn chunks_of(folder: &Path) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}; make builds it", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?
            .file_name()
            .into_string()
            .map_err(|_| "a chunk's name is not UTF-8")?;
        if name.ends_with(".js") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn compile(name: &str, source: &str) -> Outcome<Vec<u8>> {
    // Positions stay: stacks are of use. The source goes: it is half the size.
    let options = WriteOptions {
        strip_source: true,
        ..WriteOptions::default()
    };
    let runtime = Runtime::new()?;
    runtime.set_loader(AnyModule, AnyModule);
    Context::full(&runtime)?.with(|ctx| {
        let module = Module::declare(ctx.clone(), name, source)
            .catch(&ctx)
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(module.write(options)?)
    })
}

/// Stands for every imported module: an import is resolved when a module is read, so compiling
/// needs something in its place.
struct AnyModule;

impl Resolver for AnyModule {
    fn resolve<'js>(
        &mut self,
        _ctx: &Ctx<'js>,
        _base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<String> {
        Ok(name.to_owned())
    }
}

impl Loader for AnyModule {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<Module<'js, Declared>> {
        Module::declare(ctx.clone(), name, "")
    }
}
