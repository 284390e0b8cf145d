// For the tests of this folder only: a small good config, changed in one place, and what is said about it.

import { RuntimeError } from "../errors.ts";
import { parseConfig } from "./parse.ts";
import type { Config } from "./types.ts";

type Json = { [key: string]: unknown };

const BASE: Json = {
  ociVersion: "1.3.0",
  root: { path: "rootfs" },
  process: { user: { uid: 0, gid: 0 }, args: ["true"], cwd: "/" },
  linux: { namespaces: [{ type: "mount" }, { type: "pid" }] },
};

/** The base with each pointer of the patch set to its value; undefined removes. */
export function configText(patch: Json): string {
  const config = JSON.parse(JSON.stringify(BASE)) as Json;
  for (const [pointer, value] of Object.entries(patch)) {
    const names = pointer.split("/").slice(1);
    const last = names.pop() ?? "";
    const parent = names.reduce<Json>((node, name) => {
      node[name] ??= {};
      return node[name] as Json;
    }, config);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return JSON.stringify(config, (_key, value) =>
    typeof value === "bigint" ? `bigint:${value}` : value,
  ).replace(/"bigint:(-?\d+)"/g, "$1");
}

export function configWith(patch: Json): Config {
  return parseConfig(configText(patch), { hasBigIntegers: true });
}

/** Each problem as `pointer: message`. */
export function problemsWith(patch: Json): string[] {
  return problemsOfCall(() => configWith(patch));
}

export function problemsOfCall(call: () => unknown): string[] {
  try {
    call();
    return [];
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return (error.problems ?? []).map(({ at, message }) => `${at}: ${message}`);
  }
}
