// Rules about paths that must be absolute, and the helper that other rules share. Pure.
// Spec: config.md#root, config.md#posix-platform-hooks, config-linux.md#masked-paths, #readonly-paths, #devices

import { HOOK_NAMES } from "../../../schemas/names.ts";
import { show } from "../problems.ts";
import type { Report } from "../rule.ts";
import type { Config, Linux } from "../types.ts";

export function requireAbsolute(path: string, at: string, report: Report): void {
  if (!path.startsWith("/")) report(at, `${show(path)} is not an absolute path`);
}

/** config.md#root: `path` is absolute or relative to the bundle, but something. */
export function checkRoot({ root }: Config, report: Report): void {
  if (root.path === "") report("/root/path", "must not be empty");
}

/** config.md#posix-platform-hooks: "`path` MUST be absolute". */
export function checkHookPaths({ hooks }: Config, report: Report): void {
  for (const name of HOOK_NAMES) {
    hooks?.[name]?.forEach((hook, index) => {
      requireAbsolute(hook.path, `/hooks/${name}/${index}/path`, report);
    });
  }
}

/** config-linux.md#masked-paths, #readonly-paths: "The values MUST be absolute paths". */
export function checkRestrictedPaths(linux: Linux, report: Report): void {
  for (const name of ["maskedPaths", "readonlyPaths"] as const) {
    linux[name]?.forEach((path, index) => {
      requireAbsolute(path, `/${name}/${index}`, report);
    });
  }
}

/** config-linux.md#cgroups-path; a path that climbs would name a cgroup that is not ours. */
export function checkCgroupsPath({ cgroupsPath = "" }: Linux, report: Report): void {
  if (cgroupsPath.split("/").includes("..")) {
    report("/cgroupsPath", `${show(cgroupsPath)} must not contain ".."`);
  }
}
