#!/bin/sh
# CRI's protocol as its authors publish it, pinned, by the Go client, into DIRECTORY/VERSION/api.proto, and a link
# DIRECTORY/api.proto to that. What is there already is left alone. Use: cri.sh DIRECTORY
set -eu
VERSION=v0.37.2
SUM=381aab5cf67425b3c90ab016489de661ccb83ed9f21204066dc5df83b9b83360

directory=$1/$VERSION
if [ ! -e "$directory/api.proto" ]; then
  command -v go >/dev/null || {
    echo "no go" >&2
    exit 1
  }
  # Outside of any module; only what is downloaded matters, not the Go that it asks for.
  module=$(cd / && GOTOOLCHAIN=local GOFLAGS=-mod=mod go mod download -json "k8s.io/cri-api@$VERSION" |
    sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
  mkdir -p "$directory"
  cp "$module/pkg/apis/runtime/v1/api.proto" "$directory/new"
  echo "$SUM  $directory/new" | sha256sum --check --quiet
  mv "$directory/new" "$directory/api.proto"
fi
ln -sfn "$VERSION/api.proto" "$1/api.proto"
