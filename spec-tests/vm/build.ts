// Makes what is missing of the machine: Debian's packages, the image, the saved state. Run by `build`, under its lock.

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { basename, join } from "node:path";
import {
  CACHE,
  filesIn,
  HERE,
  isSaved,
  machineFiles,
  mirror,
  packagesDirectory,
  REPOSITORY,
} from "./cache.ts";
import { saveMachine } from "./save.ts";

const BOOT_TIMEOUT_MS = 600_000;
const UNUSED_AFTER_MS = 14 * 24 * 3600 * 1000;

async function main(): Promise<void> {
  const { directory } = machineFiles();
  if (isSaved(filesIn(directory))) return;
  if (process.getuid?.() !== 0)
    throw new Error("a Debian root with its owners needs root: use sudo");

  const packages = packagesDirectory();
  if (!existsSync(packages))
    await make("packages", packages, (partial) => script("packages.sh", partial, mirror()));
  await make("machine", directory, async (partial) => {
    await timed("image", () => script("image.sh", packages, partial, process.execPath));
    await timed("first boot", () => saveMachine(filesIn(partial), REPOSITORY, BOOT_TIMEOUT_MS));
  });
  removeUnused([packages, directory]);
}

/** A directory appears whole or not at all. */
async function make(
  what: string,
  directory: string,
  fill: (partial: string) => void | Promise<void>,
): Promise<void> {
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await timed(what, () => fill(partial));
  renameSync(partial, directory);
}

function script(name: string, ...args: string[]): void {
  execFileSync(join(HERE, name), args, { stdio: ["ignore", "inherit", "inherit"] });
}

async function timed(what: string, work: () => void | Promise<void>): Promise<void> {
  const started = Date.now();
  await work();
  process.stderr.write(`vm: ${what}: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

/** What other versions of these files made, or what a build that was killed left. */
function removeUnused(used: readonly string[]): void {
  const now = Date.now();
  for (const path of used) utimesSync(path, now / 1000, now / 1000);
  for (const name of readdirSync(CACHE)) {
    if (!/^(packages|machine)-/.test(name) || used.some((path) => basename(path) === name))
      continue;
    const path = join(CACHE, name);
    if (name.endsWith(".partial") || now - statSync(path).mtimeMs > UNUSED_AFTER_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
