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
    /// The bytecode of a chunk; that of `main.js` exports `main`.
    ///
    /// # Errors
    /// There is none of that name: the build went wrong.
    pub fn find(&self, name: &str) -> Result<&'static [u8]> {
        self.0
            .iter()
            .find(|(chunk, _)| *chunk == name)
            .map(|(_, bytes)| *bytes)
            .ok_or_else(|| Error::new_loading(name))
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
            Ok(_) => Ok(chunk.to_owned()),
            Err(_) => Err(Error::new_resolving(base, name)),
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
        ffi::load_bytecode(ctx, self.find(name)?)
    }
}
