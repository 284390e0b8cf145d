//! The bytecode that native/bytecode made of runtime/, by chunk name, and the module loader that serves
//! `import()` from it. There is no other source of modules.

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::{Ctx, Error, Module, Result};

use crate::ffi;

// Defines RUNTIME, the chunks of runtime/, and NAPI_HELPER, the helper of rquickjs-napi.
include!(concat!(env!("TRUNC_BYTECODE"), "/chunks.rs"));

/// Name and bytecode of one module.
pub type Chunk = (&'static str, &'static [u8]);

/// Finds modules among the embedded chunks.
pub struct Chunks(pub &'static [Chunk]);

impl Chunks {
    /// The entry chunk, which exports `main`.
    ///
    /// # Errors
    /// There is none: the build went wrong.
    pub fn main(&self) -> Result<&'static [u8]> {
        self.find("main.js")
            .ok_or_else(|| Error::new_loading("main.js"))
    }

    fn find(&self, name: &str) -> Option<&'static [u8]> {
        self.0
            .iter()
            .find(|(chunk, _)| *chunk == name)
            .map(|(_, bytes)| *bytes)
    }
}

impl Resolver for Chunks {
    fn resolve<'js>(
        &mut self,
        _ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        // esbuild writes all chunks into one folder.
        let chunk = name.strip_prefix("./").unwrap_or(name);
        match self.find(chunk) {
            Some(_) => Ok(chunk.to_owned()),
            None => Err(Error::new_resolving(base, name)),
        }
    }
}

impl Loader for Chunks {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js>> {
        let bytes = self.find(name).ok_or_else(|| Error::new_loading(name))?;
        ffi::load_bytecode(ctx, bytes)
    }
}
