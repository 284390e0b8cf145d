#!/bin/sh
# Engines from Debian's packages, unpacked into DIRECTORY: installing them would start daemons, and enable them for
# the next boot. What is unpacked already is left alone. Use: debian.sh DIRECTORY PACKAGE...
set -eu
directory=$(readlink --canonicalize-missing "$1")
shift
missing=
for package; do [ -e "$directory/.$package" ] || missing="$missing $package"; done
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || {
  echo "not a Debian system" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# apt's own user must be able to write here.
chmod 777 "$work"
# shellcheck disable=SC2086 # a list
apt-get download --quiet --quiet $missing || {
  apt-get update --quiet --quiet
  apt-get download --quiet --quiet $missing
}
mkdir -p "$directory"
for package in $missing; do
  dpkg-deb --extract "$package"_*.deb "$directory"
  : >"$directory/.$package"
done
