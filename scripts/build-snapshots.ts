// Gives a built trunc its saved heaps: runs it twice for each, packs what it writes, and appends that to the program's file.
// Use: build-snapshots.ts PROGRAM MAP. docs/architecture.md, "Heaps from the build".

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dump, parseDump } from "./snapshots/dump.ts";
import { type Heap, PLACE_MARK, packFile, packHeap } from "./snapshots/pack.ts";
import { variablesOf } from "./snapshots/statics.ts";
import { areApart } from "./snapshots/words.ts";

/** The commands that engines call all the time. The others share one heap, without any command's code. */
const COMMANDS = ["create", "start", "state", "kill", "delete", "exec", "run"];

/** How often two processes may be too much alike by chance: every second pair is, and more of them before Linux 5.18. */
const ATTEMPTS = 300;

const PAGE = 4096;

const [program, map] = process.argv.slice(2);
if (program === undefined || map === undefined)
  throw new Error("use: build-snapshots.ts PROGRAM MAP");
const variables = variablesOf(readFileSync(map, "utf8"));
const work = mkdtempSync(join(tmpdir(), "trunc-heaps-"));
try {
  const heaps = ["", ...COMMANDS].map((command) => save(command, chunksOf(command)));
  append(program, heaps);
} finally {
  rmSync(work, { recursive: true });
}

/** The chunks with a command's code and, where they are apart, its options. */
function chunksOf(command: string): string[] {
  if (command === "") return [];
  const names = new RegExp(`^${command}(?:-options)?-[0-9A-Z]{8}\\.js$`);
  const chunks = readdirSync("dist/runtime").filter((name) => names.test(name));
  if (chunks.length === 0) throw new Error(`dist/runtime has no chunk of ${command}`);
  return chunks;
}

function save(command: string, chunks: readonly string[]): Heap {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [a, b] = [dump(chunks), dump(chunks)];
    if (areApart(a, b)) return packHeap(command, a, b, variables);
  }
  throw new Error(
    "processes don't differ enough in their addresses: is kernel.randomize_va_space 0?",
  );
}

function dump(chunks: readonly string[]): Dump {
  const file = join(work, "dump");
  execFileSync(program!, ["--save-heap", file, ...chunks], { env: {}, stdio: "inherit" });
  return parseDump(readFileSync(file));
}

/** Appends the heaps to the program's file and tells the program where. */
function append(path: string, heaps: readonly Heap[]): void {
  const file = readFileSync(path);
  const at = file.indexOf(PLACE_MARK, 0, "latin1");
  // The mark is where the place is, and nowhere else.
  if (at < 0 || file.indexOf(PLACE_MARK, at + 1, "latin1") >= 0)
    throw new Error(`${path}: no mark`);
  const offset = Math.ceil(file.length / PAGE) * PAGE;
  file.writeBigUInt64LE(BigInt(offset), at + PLACE_MARK.length);
  const appended = packFile(heaps, offset);
  writeFileSync(path, Buffer.concat([file, Buffer.alloc(offset - file.length), appended]));
}
