// Makes what all tests share: the probe (compiled when its source is newer) and the rootfs template.

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

export const REPOSITORY = join(HERE, "..", "..");

const PROBE_SOURCE = join(HERE, "probe");
const PROBE = join(REPOSITORY, "dist", "spec-tests", "probe");

const DIRECTORIES = [
  "bin",
  "dev",
  "etc",
  "mnt",
  "proc",
  "root",
  "run",
  "sys",
  "tmp",
  "usr/bin",
  "var",
];

/** Applets of busybox that tests call by name; the rest by `busybox NAME`. */
const APPLETS = ["cat", "echo", "env", "false", "id", "ls", "sh", "sleep", "test", "true"];

/** Path of the compiled probe. Static, so that it runs in any rootfs and as a hook on the host. */
export function probePath(): string {
  const sources = readdirSync(PROBE_SOURCE).map((name) => join(PROBE_SOURCE, name));
  if (!isNewer(PROBE, sources)) {
    mkdirSync(dirname(PROBE), { recursive: true });
    const files = sources.filter((path) => path.endsWith(".c"));
    execFileSync("cc", ["-static", "-O1", "-Wall", "-Wextra", "-o", PROBE, ...files]);
  }
  return PROBE;
}

/** Whether a built file is there and no older than what it was built of. */
export function isNewer(built: string, sources: readonly string[]): boolean {
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  return existsSync(built) && statSync(built).mtimeMs >= newest;
}

/** Fills `rootfs` by hard links to the files under `template`, made at first use. */
export function makeRootfs(rootfs: string, template: string): void {
  if (!existsSync(template)) makeTemplate(template);
  for (const name of DIRECTORIES) mkdirSync(join(rootfs, name), { recursive: true });
  chmodSync(join(rootfs, "tmp"), 0o1777);
  for (const name of ["busybox", "probe"])
    linkSync(join(template, name), join(rootfs, "bin", name));
  for (const name of APPLETS) symlinkSync("busybox", join(rootfs, "bin", name));
  writeFileSync(join(rootfs, "etc", "passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(rootfs, "etc", "group"), "root:x:0:\n");
  // Tells the probe on which side of pivot_root it runs.
  writeFileSync(join(rootfs, ".in-container"), "");
}

function makeTemplate(template: string): void {
  mkdirSync(template, { recursive: true });
  copyFileSync(busyboxPath(), join(template, "busybox"));
  copyFileSync(probePath(), join(template, "probe"));
}

function busyboxPath(): string {
  const found = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
  if (!found) throw new Error("busybox is missing: install the Debian package busybox-static");
  return found;
}
