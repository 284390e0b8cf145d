#!/bin/sh
# Makes a bundle of busybox in dist/example and runs it: a shell, or the command given. Needs root.
set -eu

cd "$(dirname "$0")/.."
bundle=dist/example
if [ ! -e "$bundle/rootfs/bin/busybox" ]; then
  mkdir -p "$bundle/rootfs/bin" "$bundle/rootfs/proc" "$bundle/rootfs/sys" "$bundle/rootfs/dev"
  for applet in $(/bin/busybox --list); do
    ln -sf busybox "$bundle/rootfs/bin/$applet"
  done
  rm -f "$bundle/rootfs/bin/busybox"
  cp /bin/busybox "$bundle/rootfs/bin/busybox"
fi

rm -f "$bundle/config.json"
dist/bin/trunc spec --bundle "$bundle"
node --input-type=module --eval '
  import { readFileSync, writeFileSync } from "node:fs";
  const [path, ...args] = process.argv.slice(1);
  const config = JSON.parse(readFileSync(path, "utf8"));
  config.process.args = args.length > 0 ? args : ["sh"];
  config.process.terminal = process.stdin.isTTY === true;
  writeFileSync(path, JSON.stringify(config, null, 2));
' "$bundle/config.json" "$@"
exec dist/bin/trunc run --bundle "$bundle" "example-$$"
