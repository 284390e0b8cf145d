#!/bin/sh
# Fetches newer peers than the distribution has into DIR (default dist/peers), from package registries only:
#   DIR/runc   built by the Go client from the Go module proxy (needs go, cc, libseccomp-dev)
#   DIR/crun   Debian sid's binary with the loader and the libraries of its suite beside it (needs apt-get, dpkg-deb); runs only
#              where it was put, for the kernel takes a loader by absolute path: fetch it again when DIR has moved
# What can't be had is reported and left out. Nothing is installed: apt works on lists of its own.
# Use:  bench/peers.sh && npx tsx bench/compare.ts --runtime runc-new=dist/peers/runc --runtime crun-new=dist/peers/crun
set -eu

RUNC_VERSION=${RUNC_VERSION:-v1.5.1}
# The archive that this machine's apt uses; sid lies beside every other suite.
DEBIAN_MIRROR=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/*$' || true)}
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

root=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-$root/dist/peers}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

have() {
  command -v "$1" >/dev/null || { echo "peers: skipping $2: needs $1" >&2; return 1; }
}

runc() {
  have go runc && have cc runc || return 1
  # The version is set as runc's own Makefile does it; `go install` alone leaves "unknown".
  GOBIN="$work/bin" CGO_ENABLED=1 GOFLAGS=-buildvcs=false go install -tags seccomp \
    -ldflags "-s -w -X main.version=${RUNC_VERSION#v}" "github.com/opencontainers/runc@$RUNC_VERSION"
  mv "$work/bin/runc" "$dir/runc"
}

crun() {
  have apt-get crun && have dpkg-deb crun || return 1
  [ -n "$DEBIAN_MIRROR" ] || { echo "peers: skipping crun: apt knows no Debian archive; name one in DEBIAN_MIRROR" >&2; return 1; }
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs" "$work/tree"
  echo "deb [signed-by=$KEYRING] $DEBIAN_MIRROR sid main" >"$work/sources.list"
  sid="-q -o Dir::Etc::sourcelist=$work/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=$work/lists
    -o Dir::Cache=$work/cache -o Dir::State::status=/dev/null -o APT::Sandbox::User=root -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"
  # shellcheck disable=SC2086 # a list of options
  apt-get $sid update >&2
  # shellcheck disable=SC2086
  (cd "$work/debs" && apt-get $sid download crun patchelf libc6 libstdc++6 libgcc-s1 \
    libblake3-0 libcap2 libjson-c5 libseccomp2 libsystemd0) >&2
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/tree"; done

  # Only what crun itself is linked to goes along; a glibc of another suite needs its own loader, by absolute path.
  lib="$dir/crun-lib"
  rm -rf "$lib" && mkdir "$lib"
  from=$(dirname "$(find "$work/tree/usr/lib" -name libc.so.6)")
  for so in ld-linux*.so.* libc.so.6 libm.so.6 libblake3.so.0 libcap.so.2 libjson-c.so.5 libseccomp.so.2 libsystemd.so.0; do
    cp -L "$from"/$so "$lib/"
  done
  loader=$(echo "$lib"/ld-linux*)
  cp "$work/tree/usr/bin/crun" "$dir/crun.new"
  "$from/$(basename "$loader")" --library-path "$from" "$work/tree/usr/bin/patchelf" \
    --set-interpreter "$loader" --set-rpath "$lib" "$dir/crun.new"
  mv "$dir/crun.new" "$dir/crun"
}

failed=0
for peer in runc crun; do
  # A subshell under `set -e` that is not a condition, so that the first failing command ends it.
  set +e
  (set -e; $peer)
  status=$?
  set -e
  if [ $status -eq 0 ]; then "$dir/$peer" --version | head -1; else echo "peers: no $peer" >&2; failed=1; fi
done
exit $failed
