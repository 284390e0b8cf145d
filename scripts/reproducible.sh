#!/bin/sh
# Builds the checked out commit twice, in two directories, and compares: the launcher, the init and the bundle must be the same bytes.
# Some minutes. What is not committed is not built.
set -eu

cd "$(dirname "$0")/.."
top=$(pwd)
[ -z "$(git status --porcelain)" ] || echo "reproducible: uncommitted changes are not built" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for dir in one another/place; do
  git clone --quiet "$top" "$work/$dir"
  cp -a "$top/node_modules" "$work/$dir/node_modules"
  make --no-print-directory --directory "$work/$dir" target/patched/.stamp dist/bin/trunc >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exit 1
  }
  # The name of a chunk is made of its content.
  (cd "$work/$dir" && sha256sum dist/bin/trunc dist/init/trunc-init dist/runtime/*.js) >"$work/$(basename "$dir").sums"
done

diff -u "$work/one.sums" "$work/place.sums" || {
  echo "error: two builds of one commit differ" >&2
  exit 1
}
sed -n 's|  dist/bin/trunc$|  dist/bin/trunc, twice|p' "$work/one.sums"
