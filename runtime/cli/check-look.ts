// The host and a bundle -> what `check` may look at. Effects through the host.

import type { Look } from "../check/finding.ts";
import type { File } from "../check/program.ts";
import type { Config } from "../config/types.ts";
import type { Host } from "../host/host.ts";
import { isSyscallError } from "../lifecycle/syscall.ts";
import { parseCalls } from "../seccomp/calls.ts";
import { ARCHITECTURES } from "../seccomp/words.ts";
import { absolutePath } from "../store/paths.ts";

export function lookOf(host: Host, bundle: string, { root }: Config): Look {
  const rootfs = absolutePath(root.path, () => bundle);
  const inspect = (path: string): File | undefined => {
    const seen = host.inspect(path);
    if (seen === null) return undefined;
    return { ...seen, head: Uint8Array.from(seen.head, (char) => char.charCodeAt(0)) };
  };
  return {
    host: inspect,
    root: (path) => {
      if (!host.exists(rootfs)) return undefined;
      const place = path === "/" ? { path: rootfs } : host.resolveIn(rootfs, path);
      return place === null ? undefined : inspect(place.path);
    },
    exists: (path) => host.exists(path),
    text: (path) => unlessRefused(() => host.readText(path, SMALL_FILE).text),
    names: (path) => unlessRefused(() => host.listDir(path)) ?? [],
    arch: host.facts().arch,
    systemCalls: () => systemCalls(host),
  };
}

/** Of /proc and /sys. */
const SMALL_FILE = 65_536;

function unlessRefused<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    if (isSyscallError(error)) return undefined;
    throw error;
  }
}

function systemCalls(host: Host): ReadonlySet<string> {
  const abis = [...ARCHITECTURES.values()].map(({ name }) => name);
  return new Set(
    abis.flatMap((abi) =>
      parseCalls(abi, host.seccomp({ ask: "calls", abi })).calls.map(({ name }) => name),
    ),
  );
}
