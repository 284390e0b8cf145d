#!/bin/sh
# Builds the launcher as file $1 with AddressSanitizer in all that may touch memory wrongly: QuickJS's C (its crate sees the
# compiler's flag), the N-API layer and our Rust, with the checks of a debug build besides. Linked with glibc, whose allocator the
# sanitizer replaces; without saved heaps. The compiler's switch is for nightly ones only by name. Use: build-asan.sh FILE [FEATURES]
set -eu

cd "$(dirname "$0")/.."
features=${2:-}
RUSTC_BOOTSTRAP=1 RUSTFLAGS='-Zsanitizer=address -C target-feature=-crt-static -C force-frame-pointers=yes' \
  cargo build --profile asan --locked --target-dir target/asan --package trunc-launcher --bin trunc \
  ${features:+--features "$features"}
install -D target/asan/x86_64-unknown-linux-gnu/asan/trunc "$1"
