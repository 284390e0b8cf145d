#!/bin/sh
# Builds the launcher, trunc itself, as file $1: one static-pie program, linked with musl's libc, and the heaps that it starts from.
# The explicit target folder is because the C in it is compiled with musl's headers. A build with features starts without
# saved heaps, as a program does that can't read its own. Use: build-launcher.sh FILE [FEATURES]
set -eu

cd "$(dirname "$0")/.."
features=${2:-}
# The wrapper knows where musl is installed.
musl=$(sed -n 's|.*-specs "\(.*\)/musl-gcc.specs".*|\1|p' "$(command -v musl-gcc)")
if ! [ -f "$musl/rcrt1.o" ]; then
  echo "error: no rcrt1.o of musl in '$musl': it comes with musl's development files (Debian: musl-tools)" >&2
  exit 1
fi

# Where the sources, the crates and the compiler lie on this machine stays out of it: the same sources give the same bytes anywhere
# (`make reproducible`). The flags join those of .cargo/config.toml, which RUSTFLAGS would replace.
top=$(pwd)
crates=${CARGO_HOME:-$HOME/.cargo}
rust=$(rustc --print sysroot)
remap="'--remap-path-prefix=$top=/trunc','--remap-path-prefix=$crates=/cargo','--remap-path-prefix=$rust=/rust'"
export CFLAGS_x86_64_unknown_linux_gnu="-ffile-prefix-map=$top=/trunc -ffile-prefix-map=$crates=/cargo"

TRUNC_MUSL=$musl CC_x86_64_unknown_linux_gnu=musl-gcc \
  cargo build --config "target.x86_64-unknown-linux-gnu.rustflags=[$remap]" \
  --release --locked --target-dir target/musl --package trunc-launcher --bin trunc ${features:+--features "$features"}
built=target/musl/x86_64-unknown-linux-gnu/release/trunc
if [ -z "$features" ]; then
  cp "$built" target/musl/trunc
  built=target/musl/trunc
  node --import tsx scripts/build-snapshots.ts "$built" target/musl/runtime.map
fi
sh scripts/install-static.sh "$built" "$1"
