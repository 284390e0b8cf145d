#!/bin/sh
# Current engines, built by the Go client from the module proxy, pinned (the checksum database vouches for the rest), into
# DIRECTORY/VERSIONS/bin, and a link DIRECTORY/bin to that. What is there already is left alone. Use: new.sh DIRECTORY
set -eu
CONTAINERD=v2.4.2
MOBY=v2.0.0-beta.24

directory=$(readlink --canonicalize-missing "$1")/containerd-$CONTAINERD-moby-$MOBY
link() {
  ln -sfn "$(basename "$directory")/bin" "$(dirname "$directory")/bin"
}
[ ! -e "$directory/complete" ] || {
  link
  exit 0
}
command -v go >/dev/null || {
  echo "no go" >&2
  exit 1
}
mkdir -p "$directory/bin"
# One at a time: two link steps at once need more memory than small machines have.
for program in containerd ctr containerd-shim-runc-v2; do
  GOBIN="$directory/bin" CGO_ENABLED=0 GOFLAGS='-buildvcs=false -p=2' go install -trimpath -ldflags '-s -w' \
    "github.com/containerd/containerd/v2/cmd/$program@$CONTAINERD" >&2
done
for program in dockerd docker-proxy; do
  GOBIN="$directory/bin" CGO_ENABLED=0 GOFLAGS='-buildvcs=false -p=2' go install -trimpath -ldflags '-s -w' \
    "github.com/moby/moby/v2/cmd/$program@$MOBY" >&2
done
: >"$directory/complete"
link
