//! Lets the linker accept the napi_* symbols that Node provides when it loads the file.

fn main() {
    napi_build::setup();
}
