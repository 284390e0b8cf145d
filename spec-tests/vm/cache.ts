// Where the machine is kept: outside the tree, in directories named by a hash of what they are made from.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = dirname(fileURLToPath(import.meta.url));
export const REPOSITORY = realpathSync(join(HERE, "..", ".."));

export const CACHE =
  process.env.TRUNC_VM_CACHE ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "trunc-vm");

/** URL of Debian's archive that the packages come from. */
export function mirror(): string {
  return (process.env.TRUNC_VM_MIRROR || mirrorOfApt()).replace(/\/+$/, "");
}

/** Debian's packages and the kernel, unpacked by packages.sh. */
export function packagesDirectory(): string {
  return join(CACHE, `packages-${hash([mirror(), ...contents("packages.sh", "guest/packages")])}`);
}

export interface Files {
  readonly directory: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
  /** The saved machine: its memory and the state of its devices. */
  readonly memory: string;
  readonly state: string;
}

/** The machine of image.sh and save.ts. A saved state fits only the QEMU it was made with. */
export function machineFiles(): Files {
  const key = hash([
    packagesDirectory(),
    ...contents("image.sh", "machine.ts", "state.ts", ...tree("guest")),
    process.version,
    execFileSync("qemu-system-x86_64", ["--version"], { encoding: "utf8" }),
  ]);
  return filesIn(join(CACHE, `machine-${key}`));
}

export function filesIn(directory: string): Files {
  return {
    directory,
    kernel: join(directory, "vmlinuz"),
    initrd: join(directory, "initrd"),
    disk: join(directory, "root.img"),
    memory: join(directory, "memory"),
    state: join(directory, "state"),
  };
}

export function isBuilt(files: Files): boolean {
  return existsSync(files.disk);
}

export function isSaved(files: Files): boolean {
  return existsSync(files.state);
}

/** Debian's archive as this machine's apt has it; on other distributions there is none. */
function mirrorOfApt(): string {
  const args = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"];
  const { stdout } = spawnSync("apt-get", args, { encoding: "utf8" });
  const found = stdout?.split("\n").find((uri) => /\/debian\/*$/.test(uri));
  if (found) return found;
  throw new Error("apt names no archive of Debian: set TRUNC_VM_MIRROR to the URL of one");
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

function contents(...names: string[]): string[] {
  return names.flatMap((name) => [name, readFileSync(join(HERE, name), "utf8")]);
}

function tree(name: string): string[] {
  return readdirSync(join(HERE, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(HERE.length + 1))
    .sort();
}
