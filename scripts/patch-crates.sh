#!/bin/sh
# Turns the locked crates named in patches/crates.txt into patched copies below target/patched/,
# where [patch.crates-io] of Cargo.toml finds them. Each .crate file is checked by its SHA-256.
set -eu

cd "$(dirname "$0")/.."
out=target/patched
cache=${CARGO_HOME:-$HOME/.cargo}/registry/cache

# The workspace itself can't be loaded before the copies exist, so a package of its own asks
# for the crates. It has no lock file: versions are exact, and the checksum decides.
fetch() {
  probe=$(mktemp -d)
  mkdir "$probe/src"
  : >"$probe/src/lib.rs"
  printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n%s = "=%s"\n' \
    "$1" "$2" >"$probe/Cargo.toml"
  (cd "$probe" && cargo fetch --quiet)
  rm -r "$probe"
}

find_crate() {
  find "$cache" -name "$1-$2.crate" 2>/dev/null | head -n 1
}

grep -v '^#' patches/crates.txt | while read -r name version sum patch; do
  crate=$(find_crate "$name" "$version")
  if [ -z "$crate" ]; then
    fetch "$name" "$version"
    crate=$(find_crate "$name" "$version")
  fi
  if ! echo "$sum  $crate" | sha256sum --check --quiet; then
    echo "error: $crate is not the file that patches/crates.txt names" >&2
    exit 1
  fi
  rm -rf "$out/$name" "$out/$name-$version"
  mkdir -p "$out"
  tar -xzf "$crate" -C "$out"
  patch --quiet --strip=1 --directory="$out/$name-$version" <"patches/$patch"
  mv "$out/$name-$version" "$out/$name"
done
touch "$out/.stamp"
