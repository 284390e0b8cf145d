//! Compiles dist/seccomp/filter.c, the filter compiler as C, together with the glue.

use std::path::Path;

fn main() {
    let generated = Path::new("../../dist/seccomp");
    for file in ["filter.c", "filter.h", "wasm-rt.h"] {
        let path = generated.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        if !path.exists() {
            println!(
                "cargo::error=dist/seccomp/{file} is missing: run `npx tsx scripts/build-seccomp.ts` (make does)"
            );
            return;
        }
    }
    println!("cargo::rerun-if-changed=src/glue.c");
    cc::Build::new()
        .file(generated.join("filter.c"))
        .file("src/glue.c")
        .include(generated)
        // bounds are checked in the code: no signal handlers, no 8 GiB of reserved addresses
        .define("WASM_RT_MEMCHECK_SIGNAL_HANDLER", "0")
        .define("NDEBUG", None)
        .opt_level(2)
        .warnings(false)
        .compile("trunc_seccomp_filter");
}
