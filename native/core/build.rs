//! Passes the built init on, which this crate carries along (`TRUNC_INIT` is set by the Makefile).

fn main() {
    println!("cargo::rerun-if-env-changed=TRUNC_INIT");
    let Ok(path) = std::env::var("TRUNC_INIT") else {
        println!(
            "cargo::error=TRUNC_INIT is not set: it names the built init. Run `make`, which builds the init first"
        );
        return;
    };
    if !std::path::Path::new(&path).is_file() {
        println!(
            "cargo::error=TRUNC_INIT names {path}, which is no file. Run `make`, which builds the init first"
        );
        return;
    }
    println!("cargo::rerun-if-changed={path}");
    println!("cargo::rustc-env=TRUNC_INIT={path}");
}
