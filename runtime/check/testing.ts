// What the tests of this folder share: a config, and a host of which only what they say is there. For tests only.

import type { Config } from "../config/types.ts";
import type { Look } from "./finding.ts";

export function someConfig(more: Partial<Config> = {}): Config {
  return {
    ociVersion: "1.3.0",
    root: { path: "rootfs" },
    process: { cwd: "/", args: ["/bin/app"], user: { uid: 0, gid: 0 } },
    ...more,
  };
}

export function someLook(more: Partial<Look> = {}): Look {
  return {
    host: () => undefined,
    root: () => undefined,
    exists: () => false,
    text: () => undefined,
    names: () => [],
    arch: "x86_64",
    systemCalls: () => new Set(),
    ...more,
  };
}

/** A host with these small files and nothing else. */
export function filesLook(files: Readonly<Record<string, string>>): Look {
  const paths = Object.keys(files);
  return someLook({
    exists: (path) => paths.includes(path),
    text: (path) => files[path],
    names: (path) => [
      ...new Set(
        paths
          .filter((one) => one.startsWith(`${path}/`))
          .map((one) => one.slice(path.length + 1).split("/")[0]!),
      ),
    ],
  });
}
