//! Tells where the bytecode is (dist/bytecode, made by native/bytecode), and links with musl's libc instead of glibc's where
//! `TRUNC_MUSL` names the folder of its files (scripts/build-launcher.sh, docs/architecture.md "Measured").

use std::env;
use std::error::Error;
use std::path::Path;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let bundle = if cfg!(feature = "contract") {
        "contract"
    } else {
        "runtime"
    };
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let bytecode = root.join("dist/bytecode").join(bundle);
    println!("cargo::rerun-if-changed={}", bytecode.display());
    if !bytecode.join("chunks.rs").is_file() {
        println!(
            "cargo::error=dist/bytecode/{bundle}/chunks.rs is missing: run `make`, which builds it first"
        );
    }
    println!("cargo::rustc-env=TRUNC_BYTECODE={}", bytecode.display());

    println!("cargo::rerun-if-env-changed=TRUNC_MUSL");
    println!("cargo::rustc-check-cfg=cfg(musl)");
    if let Some(musl) = env::var_os("TRUNC_MUSL") {
        link_with_musl(Path::new(&musl), &root.join("target/musl").join(bundle));
    }
    Ok(())
}

/// The standard library was compiled for glibc; native/launcher/libc.tsv says why what it calls may be musl's.
fn link_with_musl(musl: &Path, map: &Path) {
    println!("cargo::rustc-cfg=musl");
    println!("cargo::rerun-if-changed=src/libc.c");
    let objects = cc::Build::new().file("src/libc.c").compile_intermediates();
    let start_files = ["rcrt1.o", "crti.o", "crtn.o"].map(|name| musl.join(name));
    for file in objects.iter().chain(&start_files) {
        println!("cargo::rustc-link-arg-bins={}", file.display());
    }
    println!("cargo::rustc-link-arg-bins=-nostartfiles");
    println!("cargo::rustc-link-arg-bins=-L{}", musl.display());
    // Who calls what, for scripts/check-libc.ts.
    println!(
        "cargo::rustc-link-arg-bins=-Wl,--cref,-Map={}.map",
        map.display()
    );
}
