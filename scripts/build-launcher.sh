#!/bin/sh
# Builds the launcher, trunc itself, as file $1: one static-pie program, linked with musl's libc. The explicit target folder
# is because the C in it is compiled with musl's headers. Use: build-launcher.sh FILE [FEATURES]
set -eu

cd "$(dirname "$0")/.."
features=${2:-}
# The wrapper knows where musl is installed.
musl=$(sed -n 's|.*-specs "\(.*\)/musl-gcc.specs".*|\1|p' "$(command -v musl-gcc)")
if ! [ -f "$musl/rcrt1.o" ]; then
  echo "error: no rcrt1.o of musl in '$musl': it comes with musl's development files (Debian: musl-tools)" >&2
  exit 1
fi
TRUNC_MUSL=$musl CC_x86_64_unknown_linux_gnu=musl-gcc \
  cargo build --release --locked --target-dir target/musl --package trunc-launcher --bin trunc ${features:+--features "$features"}
sh scripts/install-static.sh target/musl/x86_64-unknown-linux-gnu/release/trunc "$1"
