// The launcher's development build: the contract on QuickJS, and what comes of each way of failing:
// exit code, standard output and exactly one line on standard error.

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CHECKS } from "./values.ts";

const test = suite("contract on the launcher");
const LAUNCHER = fileURLToPath(new URL("../../dist/bin/trunc-contract", import.meta.url));

function launch(args: string[], options: object = {}) {
  const { status, signal, stdout, stderr } = spawnSync(LAUNCHER, args, {
    encoding: "utf8",
    timeout: 60_000,
    ...options,
  });
  return { status, signal, stdout, stderr };
}

/** `sh -c` with the launcher as $0: for what spawn can't set up. */
function shell(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, LAUNCHER, ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("every check of the contract holds", () => {
  const { status, stdout, stderr } = launch(["values"]);
  assert.is(stdout, [...CHECKS.keys()].map((name) => `ok ${name}\n`).join(""));
  assert.is(stderr, "");
  assert.is(status, 0);
});

const ENDINGS: [args: string[], status: number, stdout: string, stderr: RegExp][] = [
  [["exit", "0"], 0, "", /^$/],
  [["exit", "137"], 137, "", /^$/],
  [["arguments", "", "ä", "𝄞"], 0, '["","ä","𝄞"]', /^$/],
  [["chunk"], 0, "loaded lazily", /^$/],
  [["late"], 0, "", /^$/],
  [["memory-caught"], 0, "caught an error", /^$/],
  [["no-code"], 1, "", /^main\(\) returned no exit code$/],
  [["exit", "1.5"], 1, "", /^main\(\) returned no exit code$/],
  [["no-module", "./x.js"], 1, "", /^ReferenceError: .*'\.\/x\.js'/],
  [["no-module", "/etc/passwd"], 1, "", /^ReferenceError: .*'\/etc\/passwd'/],
  [["throw"], 1, "", /^TypeError: first line\\nsecond line$/],
  [["throw-text"], 1, "", /^thrown: plain text$/],
  [["throw-hostile"], 1, "", /^Error: $/],
  [["cause"], 1, "", /^Error: outer$/],
  [["unhandled"], 1, "", /^Error: nobody listens$/],
  [["panic"], 1, "", /^panic: first\\nsecond \(native\/addon\/src\/contract\.rs:\d+:\d+\)$/],
  [["pending"], 1, "", /^main\(\) waits for something that will never happen$/],
  [["memory"], 1, "", /^out of memory: /],
  [["recursion"], 1, "", /^RangeError: Maximum call stack size exceeded$/],
  [["deep-json"], 1, "", /^RangeError: Maximum call stack size exceeded$/],
];

for (const [args, status, stdout, message] of ENDINGS) {
  test(`${args.join(" ")} ends with ${status}`, () => {
    const ended = launch(args);
    assert.is(ended.stdout, stdout);
    const line = /^(?:trunc: (?:internal error: )?(.*)\n)?$/.exec(ended.stderr);
    assert.ok(line, `one line expected: ${ended.stderr}`);
    assert.match(line[1] ?? "", message);
    assert.is(ended.status, status);
  });
}

test("--debug anywhere shows the stack and the cause", () => {
  const { status, stderr } = launch(["cause", "--debug"]);
  assert.match(stderr, /^trunc: internal error: Error: outer\n {4}at .*main\.js:\d+:\d+/);
  assert.match(stderr, /\ncaused by RangeError: inner\n {4}at /);
  assert.is(status, 1);
});

test("an argument that is not UTF-8 is named by its position", () => {
  const { status, stderr } = shell(`exec "$0" arguments "$(printf 'a\\377')"`);
  assert.is(stderr, 'trunc: argument 2: "a\\xFF" is not UTF-8\n');
  assert.is(status, 1);
});

test("a variable is read when asked for, and refused if it is not UTF-8", () => {
  assert.is(launch(["variable", "ASKED"], { env: { ASKED: "ü" } }).stdout, "ü");
  assert.is(launch(["variable", "ASKED"], { env: {} }).stdout, "undefined");
  const { status, stderr } = shell(`export ASKED="$(printf '\\377')"; exec "$0" variable ASKED`);
  assert.match(stderr, /^trunc: internal error: Error: .* ASKED: its value is not UTF-8\n$/);
  assert.is(status, 1);
});

test("the caller's environment and working directory change nothing", () => {
  const env = { NODE_OPTIONS: "--bad", NODE_PATH: "/", LD_PRELOAD: "/bad.so", RUST_BACKTRACE: "1" };
  assert.equal(launch(["chunk"], { env, cwd: "/proc/self/fdinfo" }), {
    status: 0,
    signal: null,
    stdout: "loaded lazily",
    stderr: "",
  });
  const gone = mkdtempSync(join(tmpdir(), "contract-"));
  const { stdout } = shell(`cd "$1" && rmdir "$1" && exec "$0" chunk`, gone);
  rmSync(gone, { recursive: true, force: true });
  assert.is(stdout, "loaded lazily");
});

test("a closed standard stream is /dev/null, not the next file that is opened", () => {
  assert.is(shell(`exec "$0" chunk 2>&-`).stdout, "loaded lazily");
  assert.is(shell(`exec "$0" chunk >&-`).status, 0);
  assert.is(shell(`exec "$0" throw <&- >&- 2>&-`).status, 1);
});

test("a pipe that nobody reads is an error, not a death by signal", () => {
  const folder = mkdtempSync(join(tmpdir(), "contract-"));
  // Opened for reading and writing first, a fifo's writing end does not wait for a reader.
  const script = `mkfifo "$1/f" && exec 3<>"$1/f" 4>"$1/f" 3<&- && exec "$0" chunk >&4 4>&-`;
  for (const before of ["", "trap '' PIPE;"]) {
    const { status, stderr } = shell(`rm -f "$1/f"; ${before} ${script}`, folder);
    assert.match(stderr, /^trunc: internal error: Error: write standard output: broken pipe\n$/i);
    assert.is(status, 1);
  }
  rmSync(folder, { recursive: true });
});

test("a small stack is respected", () => {
  const { status, stderr } = shell(`ulimit -s 512 && exec "$0" recursion`);
  assert.is(stderr, "trunc: internal error: RangeError: Maximum call stack size exceeded\n");
  assert.is(status, 1);
});

test("a full device under standard output is an error", () => {
  const fd = openSync("/dev/full", "w");
  const { status, stderr } = launch(["chunk"], { stdio: ["ignore", fd, "pipe"] });
  closeSync(fd);
  assert.match(stderr, /^trunc: internal error: Error: write standard output: no space left/i);
  assert.is(status, 1);
});

test("the file needs no interpreter and no library", () => {
  // e_phoff and the program headers: no PT_INTERP (3).
  const elf = readFileSync(LAUNCHER);
  const start = Number(elf.readBigUInt64LE(32));
  const count = elf.readUInt16LE(56);
  const types = Array.from({ length: count }, (_, index) => elf.readUInt32LE(start + index * 56));
  assert.not(types.includes(3));
});

test.run();
