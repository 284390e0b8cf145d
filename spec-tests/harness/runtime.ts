// Which runtime is under test, and what has to be known about it before a test can run.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { REPOSITORY } from "./build.ts";

export interface Reference {
  readonly name: "runc" | "crun";
  readonly version: string;
}

/** Path of the runtime under test: $RUNTIME, else the one this repository builds. */
export function runtimePath(): string {
  const path = resolve(process.env.RUNTIME ?? join(REPOSITORY, "dist", "bin", "trunc"));
  if (!existsSync(path)) throw new Error(`no runtime at ${path}: build it, or set RUNTIME=/path`);
  return path;
}

let known: { readonly reference: Reference | null } | undefined;

/**
 * runc or crun with its version when one of these is under test, null for trunc.
 * runc tells its Go version and crun its name; trunc prints `runc version` for the engines' sake.
 */
export function reference(): Reference | null {
  known ??= { reference: askVersion() };
  return known.reference;
}

function askVersion(): Reference | null {
  const text = execFileSync(runtimePath(), ["--version"], { encoding: "utf8" });
  const version = /version (\d+\.\d+(\.\d+)?)/.exec(text)?.[1] ?? "0";
  if (/^crun version/.test(text)) return { name: "crun", version };
  if (/^runc version/.test(text) && /^go: /m.test(text)) return { name: "runc", version };
  return null;
}

/** True when `version` is `minimum` or newer; both are dotted numbers. */
export function isAtLeast(version: string, minimum: string): boolean {
  const have = version.split(".").map(Number);
  const want = minimum.split(".").map(Number);
  for (let i = 0; i < want.length; i++) {
    const difference = (have[i] ?? 0) - want[i]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
