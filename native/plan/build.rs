//! Has this crate compiled again when its declarations are gone, which napi finds and cargo does not: they are a by-product of
//! compiling. `napi_build::setup` would say so too, but also how to link an addon, which this is not.

fn main() {
    println!("cargo::rerun-if-env-changed=NAPI_FORCE_BUILD_TRUNC_PLAN");
}
