// Runtimes without their guards, to see that a test would notice if they were gone: a copy of the tree with each guard of
// one side taken out, and what that side is built of, put into a copy of the runtime. Nothing of it is ever shipped.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isNewer, REPOSITORY } from "../harness/build.ts";
import { type Guard, HOST_GUARDS, INIT_GUARDS } from "./guards.ts";

const RUNTIME = join(REPOSITORY, "dist", "bin", "trunc");
const INIT = join(REPOSITORY, "dist", "init", "trunc-init");
const OUT = join(REPOSITORY, "dist", "spec-tests");
const TREE = join(REPOSITORY, "target", "weak");
const BUILD = join(TREE, "build");
const SOURCES = [
  RUNTIME,
  ...["guards.ts", "weak.ts"].map((name) => join(import.meta.dirname, name)),
];

/** Path of the runtime whose init has no guards, built when the runtime or the guards are newer. */
export function weakInit(): string {
  const path = join(OUT, "trunc-weak");
  if (isNewer(path, SOURCES)) return path;
  const tree = treeWithout("init", INIT_GUARDS);
  const runtime = withInit(readFileSync(RUNTIME), buildInit(tree));
  mkdirSync(OUT, { recursive: true });
  writeFileSync(path, runtime, { mode: 0o755 });
  return path;
}

/**
 * Path of the runtime that has guards in its init alone: on Node, where TypeScript is taken as it is and native/ needs no
 * launcher around it.
 */
export function weakHost(): string {
  const path = join(OUT, "trunc-weak-host");
  if (isNewer(path, SOURCES)) return path;
  const tree = treeWithout("host", HOST_GUARDS);
  // where the bundle looks for its addon
  const dist = join(OUT, "weak-host", "dist");
  mkdirSync(join(dist, "addon"), { recursive: true });
  writeFileSync(join(dist, "addon", "trunc.node"), buildAddon(tree));
  bundle(tree, join(dist, "runtime", "main.mjs"));
  const main = '"$(dirname "$0")/weak-host/dist/runtime/main.mjs"';
  writeFileSync(path, `#!/bin/sh\nexec node ${main} "$@"\n`, { mode: 0o755 });
  return path;
}

function treeWithout(side: string, guards: readonly Guard[]): string {
  const tree = join(TREE, side);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  for (const name of ["native", "runtime", "schemas", ".cargo", "Cargo.toml", "Cargo.lock"]) {
    cpSync(join(REPOSITORY, name), join(tree, name), { recursive: true, preserveTimestamps: true });
  }
  // the patched crates that Cargo.toml names, the init that the core embeds, the filter compiler
  for (const name of ["target", "dist"]) symlinkSync(join(REPOSITORY, name), join(tree, name));
  for (const guard of guards) takeOut(tree, guard);
  return tree;
}

function takeOut(tree: string, { rule, file, text, without }: Guard): void {
  const path = join(tree, file);
  const parts = readFileSync(path, "utf8").split(text);
  if (parts.length !== 2) {
    throw new Error(
      `attacks/guards.ts: the guard of "${rule}" is not once in ${file}: follow its change`,
    );
  }
  writeFileSync(path, parts.join(without));
}

/** As scripts/build-init.sh does, elsewhere, and without the index of unwind tables: it must fit into the place of the other. */
function buildInit(tree: string): Buffer {
  const flags =
    "-C target-feature=+crt-static -C relocation-model=static -C link-arg=-Wl,--no-eh-frame-hdr";
  cargo(tree, flags, "--profile", "init", "--package", "trunc-init");
  return readFileSync(join(BUILD, "x86_64-unknown-linux-gnu", "init", "trunc-init"));
}

/** As scripts/build-addon.sh does, elsewhere and not optimised: that would take minutes. */
function buildAddon(tree: string): Buffer {
  cargo(tree, "-C target-feature=-crt-static", "--package", "trunc-addon", "--lib");
  return readFileSync(join(BUILD, "x86_64-unknown-linux-gnu", "debug", "libtrunc_addon.so"));
}

function cargo(tree: string, flags: string, ...args: string[]): void {
  execFileSync("cargo", ["build", "--locked", ...args], {
    cwd: tree,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      RUSTFLAGS: flags,
      CARGO_TARGET_DIR: BUILD,
      CARGO_PROFILE_DEV_DEBUG: "0",
      // it must fit into the place of the other
      CARGO_PROFILE_INIT_OPT_LEVEL: "z",
    },
  });
}

function bundle(tree: string, outfile: string): void {
  const esbuild = join(REPOSITORY, "node_modules", ".bin", "esbuild");
  const version = ["VERSION", "COMMIT"].map((name) => `--define:TRUNC_${name}="weak"`);
  const form = ["--bundle", "--platform=node", "--format=esm", "--log-level=warning"];
  const entry = join(tree, "runtime", "node", "main.ts");
  execFileSync(esbuild, [entry, ...form, ...version, `--outfile=${outfile}`]);
}

/** The runtime carries its init along as it is. What follows an ELF file's end does not matter. */
function withInit(runtime: Buffer, built: Buffer): Buffer {
  const init = loadedPart(built);
  const own = readFileSync(INIT);
  const at = runtime.indexOf(own);
  if (at < 0) throw new Error(`${RUNTIME} does not carry ${INIT}: make build`);
  if (init.length > own.length)
    throw new Error("the weak init is larger than the one it takes the place of");
  Buffer.concat([init, Buffer.alloc(own.length - init.length)]).copy(runtime, at);
  return runtime;
}

/** An ELF file up to the end of its last segment (elf(5)): the sections behind it are for debuggers, and would not fit. */
function loadedPart(file: Buffer): Buffer {
  const elf = Buffer.from(file);
  const table = Number(elf.readBigUInt64LE(32));
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)];
  const ends = Array.from({ length: count }, (_, index) => {
    const entry = table + index * size;
    return Number(elf.readBigUInt64LE(entry + 8) + elf.readBigUInt64LE(entry + 32));
  });
  // no section table
  elf.writeBigUInt64LE(0n, 40);
  elf.writeUInt16LE(0, 60);
  elf.writeUInt16LE(0, 62);
  return elf.subarray(0, Math.max(...ends));
}
