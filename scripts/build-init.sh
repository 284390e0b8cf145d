#!/bin/sh
# Builds the init, the program that runs inside the container, as file $1: static at a fixed address,
# without libc, small. Its flags are its own: those of .cargo/config.toml are for programs on glibc.
set -eu

cd "$(dirname "$0")/.."
RUSTFLAGS='-C target-feature=+crt-static -C relocation-model=static' \
  cargo build --profile init --locked --package trunc-init
sh scripts/install-static.sh target/x86_64-unknown-linux-gnu/init/trunc-init "$1"
