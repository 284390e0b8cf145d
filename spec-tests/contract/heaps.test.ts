// The heaps that follow the program in its file: every command starts from one, and starts without where there is none.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("heaps");
const LAUNCHER = "dist/bin/trunc";
const PLACE = "trunc snapshots\0";

const folder = mkdtempSync(join(tmpdir(), "trunc-heaps-"));
test.after(() => rmSync(folder, { recursive: true }));

const program = readFileSync(LAUNCHER);
const place = program.indexOf(PLACE, 0, "latin1") + PLACE.length;
const directory = Number(program.readBigUInt64LE(place));

interface Entry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** As native/launcher/src/snapshot/file.rs has it. */
function entries(): Entry[] {
  return Array.from({ length: 10 }, (_, index) => {
    const at = directory + 8 + 48 * index;
    return {
      name: program.toString("latin1", at, at + 16).replace(/\0+$/, ""),
      offset: Number(program.readBigUInt64LE(at + 16)),
      size: program.readUInt32LE(at + 24),
    };
  }).filter(({ size }) => size > 0);
}

function copyOf(name: string, change: (path: string) => void): string {
  const path = join(folder, name);
  copyFileSync(LAUNCHER, path);
  chmodSync(path, 0o755);
  change(path);
  return path;
}

function run(path: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(path, args, { encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Commands with and without a heap of their own; and what reaches far into a command's code. */
const COMMAND_LINES = [
  ["--version"],
  ["--root", folder, "list"],
  ["--root", folder, "state", "nobody"],
  ["--root", folder, "create", "--bundle", "/nowhere", "x"],
  ["--root", folder, "run", "--bundle", "/nowhere", "x"],
  ["--root", folder, "exec", "nobody", "true"],
  ["--root", folder, "delete", "--force", "nobody"],
  ["help", "start"],
];

test("the commands that engines call have heaps of their own", () => {
  assert.equal(
    entries().map(({ name }) => name),
    ["", "create", "start", "state", "kill", "delete", "exec", "run"],
  );
});

for (const args of COMMAND_LINES) {
  test(`without heaps (as after strip) it does the same: ${args.slice(-3).join(" ")}`, () => {
    const stripped = copyOf("stripped", (path) => truncateSync(path, directory - 1));
    assert.equal(run(stripped, ...args), run(LAUNCHER, ...args));
  });
}

test("a value that is named like a command gets its heap, and the command works all the same", () => {
  const { status, stderr } = run(LAUNCHER, "--root", "create", "state", "nobody");
  assert.is(status, 1);
  assert.match(stderr, /container does not exist/);
});

test("what is no directory is not taken for one", () => {
  const other = copyOf("other", (path) => {
    const bytes = Buffer.from(program);
    bytes.write("heaps 0\n", directory, "latin1");
    writeFileSync(path, bytes);
  });
  assert.equal(run(other, "--version"), run(LAUNCHER, "--version"));
});

test("a file that was cut within a heap is said to be damaged", () => {
  const { offset, size } = entries().find(({ name }) => name === "state")!;
  const cut = copyOf("cut", (path) => truncateSync(path, offset + size / 2));
  assert.equal(run(cut, "state", "nobody"), {
    status: 1,
    stdout: "",
    stderr: "trunc: /proc/self/exe: the program's file ends too early: install it again\n",
  });
});

test("a program that has its heaps saves none", () => {
  const { status, stderr } = run(LAUNCHER, "--save-heap", join(folder, "dump"));
  assert.is(status, 1);
  assert.match(stderr, /flag provided but not defined: -save-heap/);
});

test("two processes have their heaps at different addresses", () => {
  const [a, b] = [0, 1].map(() => {
    const { stderr } = spawnSync("strace", ["-e", "trace=madvise", LAUNCHER, "--version"], {
      encoding: "utf8",
    });
    return /madvise\((0x[0-9a-f]+), \d+, (?:MADV_POPULATE_WRITE|0x17)/.exec(stderr)?.[1];
  });
  assert.ok(a !== undefined && b !== undefined);
  assert.is.not(a, b);
});

test.run();
