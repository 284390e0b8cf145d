#!/bin/sh
# Builds opencontainers/runtime-tools' validation suite by the Go client into DIR (default dist/conformance):
#   DIR/bin/NAME, one program for each test; DIR/runtimetest, what they run inside; DIR/rootfs-amd64.tar.gz
# Does nothing when this version is there already. Static programs, so that they run in the virtual machine too.
set -eu

# The tag v0.9.0 does not build.
MODULE=github.com/opencontainers/runtime-tools
VERSION=v0.9.1-0.20251205004911-5e639034dcdc

root=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$root/dist/conformance}
[ "$(cat "$dir/VERSION" 2>/dev/null)" != "$VERSION" ] || exit 0
command -v go >/dev/null || { echo "conformance: needs go" >&2; exit 1; }

mkdir -p "$(dirname "$dir")"
new=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$new"' EXIT
# Outside of any module: `go install` takes the version's own requirements.
cd "$new"
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false
GOBIN="$new/bin" go install -ldflags '-s -w' "$MODULE/validation/...@$VERSION"
GOBIN="$new" go install -ldflags '-s -w' "$MODULE/cmd/runtimetest@$VERSION"
source=$(go mod download -json "$MODULE@$VERSION" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",$/\1/p')
install -m 644 "$source/rootfs-amd64.tar.gz" "$new/"
echo "$VERSION" >"$new/VERSION"
rm -rf "$dir"
mv "$new" "$dir"
chmod 755 "$dir"
trap - EXIT
