#!/bin/sh
# Makes sure of the tools, and installs the Debian packages that building needs, with "test" also those that
# tests and the bench need. Silent when nothing is missing. Use: setup.sh [test]
set -eu

# binutils, gcc, libc6-dev: linking; musl-tools: the libc of trunc itself; patch: patched crates; wabt: wasm2c; busybox-static: the example.
packages="binutils busybox-static gcc libc6-dev make musl-tools patch wabt"
# libseccomp-dev, seccomp: the judges of filters; runc, crun: the peers; uidmap: containers of ordinary users; golang-go only where no other Go is.
# fish, zsh, groff-base, mandoc: who reads completion and manual pages.
# qemu-system-x86, debian-archive-keyring, e2fsprogs, kmod, xz-utils (and mmdebstrap): the machine of spec-tests/vm.
# docker-compose, iptables, libdevmapper1.02.1, libglib2.0-0, libgpgme11, libslirp0, libsubid4, mmdebstrap: what engines need that are
# unpacked beside the system (spec-tests/engines).
if [ "${1:-build}" = test ]; then
  packages="$packages fish groff-base mandoc zsh"
  packages="$packages crun iproute2 libseccomp-dev runc seccomp strace uidmap"
  packages="$packages docker-compose iptables libdevmapper1.02.1 libglib2.0-0 libgpgme11 libslirp0 libsubid4 mmdebstrap"
  packages="$packages qemu-system-x86 debian-archive-keyring e2fsprogs kmod xz-utils"
  command -v go >/dev/null || packages="$packages golang-go"
fi

die() {
  echo "error: $1" >&2
  exit 1
}

# at_least HAVE WANT: both are dotted numbers.
at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort --version-sort | head -n 1)" = "$2" ]
}

[ "$(uname -sm)" = "Linux x86_64" ] || die "trunc builds on Linux on x86-64, this is $(uname -sm)"

command -v node >/dev/null && command -v npm >/dev/null ||
  die "Node.js is missing: install 20.19 or later with npm (https://nodejs.org/en/download)"
version=$(node --print process.versions.node)
at_least "$version" 20.19 || die "Node.js 20.19 or later is needed, this is $version"

rust="install Rust 1.89 or later (https://rustup.rs, or: apt-get install rustup && rustup default stable)"
command -v cargo >/dev/null || die "cargo is missing: $rust"
version=$(cargo --version | cut -d ' ' -f 2)
at_least "$version" 1.89 || die "cargo is too old, $version: $rust"

command -v dpkg-query >/dev/null || {
  echo "setup: not a Debian system; it must have: $packages" >&2
  exit 0
}
# shellcheck disable=SC2086 # a list
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' $packages 2>/dev/null | sed -n 's/^installed //p')
missing=
for package in $packages; do
  echo "$installed" | grep --quiet --line-regexp --fixed-strings "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "setup: installing$missing"
sudo=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || die "only root can install:$missing"
  sudo=sudo
fi
$sudo apt-get update --quiet
# shellcheck disable=SC2086 # a list
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -o DPkg::Lock::Timeout=600 --quiet --yes --no-install-recommends $missing
