// Makes a bundle: config.json from the default with the test's edits, and a rootfs with busybox and the probe.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRootfs } from "./build.ts";
import { defaultConfig } from "./default-config.ts";
import type { Config } from "./types.ts";

export interface Bundle {
  readonly dir: string;
  readonly rootfs: string;
  readonly config: Config;
  /** Writes config.json again, after an edit of `config`. */
  save(): void;
}

export type Edit = (config: Config, bundle: Bundle) => void;

export function makeBundle(dir: string, template: string, edit?: Edit): Bundle {
  const rootfs = join(dir, "rootfs");
  mkdirSync(dir, { recursive: true });
  makeRootfs(rootfs, template);
  const config = defaultConfig();
  const bundle: Bundle = {
    dir,
    rootfs,
    config,
    save: () => writeFileSync(join(dir, "config.json"), stringify(config)),
  };
  edit?.(config, bundle);
  bundle.save();
  return bundle;
}

/** JSON.stringify that writes a bigint as the number it is: limits go up to 2^64-1. */
function stringify(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, item) => (typeof item === "bigint" ? `<${item}n>` : item),
    2,
  );
  return text.replace(/"<(-?\d+)n>"/g, "$1");
}

/** Edit: the probe with these arguments is the container's process. */
export function args(config: Config, ...argv: string[]): void {
  config.process.args = ["/bin/probe", ...argv];
}

/** Edit: a shell script is the container's process. */
export function script(config: Config, text: string): void {
  config.process.args = ["/bin/sh", "-c", text];
}

/** Edit: adds capabilities to the bounding, effective and permitted sets. */
export function grant(config: Config, ...names: string[]): void {
  for (const set of ["bounding", "effective", "permitted"] as const) {
    config.process.capabilities![set]!.push(...names);
  }
}

/** Edit: removes a namespace, so that the container shares the host's. */
export function share(config: Config, type: string): void {
  config.linux.namespaces = config.linux.namespaces.filter((entry) => entry.type !== type);
}
