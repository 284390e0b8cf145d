#!/bin/sh
# Installs program $1 as $2, in one step, after making sure that it needs nothing beside it.
set -eu

if readelf --program-headers "$1" | grep -q 'Requesting program interpreter'; then
  echo "error: $1 is not statically linked" >&2
  exit 1
fi
mkdir -p "$(dirname "$2")"
# A running copy keeps its file; a rename replaces the name at once.
cp "$1" "$2.$$"
chmod 755 "$2.$$"
mv "$2.$$" "$2"
