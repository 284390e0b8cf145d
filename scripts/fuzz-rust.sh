#!/bin/sh
# Runs each target of native/fuzz for $1 seconds under libFuzzer; what it finds is kept in dist/fuzz/rust.
# The passes that lead it are in any compiler; cargo-fuzz would ask for a nightly one for the sake of its sanitizers.
set -eu

seconds=$1
cd "$(dirname "$0")/.."
out=dist/fuzz/rust
corpus=target/fuzz/corpus
mkdir -p "$out"

# What the unit tests write is where it begins.
FUZZ_CORPUS=$PWD/$corpus FUZZ_ROUNDS=300 \
  cargo test --locked --quiet --package trunc-plan --features host --lib fuzz

flags='-C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 -C llvm-args=-sanitizer-coverage-inline-8bit-counters'
flags="$flags -C llvm-args=-sanitizer-coverage-pc-table -C llvm-args=-sanitizer-coverage-trace-compares"
RUSTFLAGS=$flags cargo build --release --locked --manifest-path native/fuzz/Cargo.toml --target-dir target/fuzz

failed=
for source in native/fuzz/src/*.rs; do
  name=$(basename "$source" .rs)
  mkdir -p "$corpus/$name"
  "target/fuzz/x86_64-unknown-linux-gnu/release/$name" "$corpus/$name" -max_total_time="$seconds" \
    -max_len=4096 -timeout=5 -rss_limit_mb=512 -print_final_stats=1 -artifact_prefix="$out/$name-" \
    >"$out/$name.log" 2>&1 || failed="$failed $name"
  executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log")
  echo "fuzz $name: ${executed:-no} inputs, $(find "$corpus/$name" -type f | wc -l) kept"
done
for name in $failed; do
  echo "fuzz $name: failed; see $out/$name.log" >&2
done
[ -z "$failed" ]
