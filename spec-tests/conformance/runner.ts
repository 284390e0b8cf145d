// Runs the validation suite's programs against one runtime, several at once, and judges what they print.

import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judge, type Verdict } from "./tap.ts";

export interface Target {
  readonly name: string;
  readonly path: string;
  /** Variables that it needs on this machine. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome extends Verdict {
  readonly test: string;
}

/** The suite's own limits are 10 s a wait; a test has up to a dozen of them. */
const TIMEOUT_MS = 180_000;
const LANES = 4;
/** These share one cgroup, whose path is fixed, so they can't run at once. */
const IN_ONE_CGROUP = /^(?:linux_cgroups_|delete_)/;
const CGROUPS = ["cgrouptest", "testdir/cgrouptest", "testdir"];

export function testNames(suite: string): string[] {
  return readdirSync(join(suite, "bin")).sort();
}

export async function runSuite(
  suite: string,
  target: Target,
  tests: readonly string[],
  report: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const work = mkdtempSync(join(tmpdir(), "trunc-conformance-"));
  // Roots of user namespaces are nobody here, and must get at their bundles.
  chmodSync(work, 0o755);
  const outcomes: Outcome[] = [];
  const runAll = async (queue: string[]): Promise<void> => {
    for (let test = queue.shift(); test !== undefined; test = queue.shift()) {
      const outcome = await runTest(suite, target, test, join(work, test));
      outcomes.push(outcome);
      report(outcome);
    }
  };
  const shared = tests.filter((test) => IN_ONE_CGROUP.test(test));
  const others = tests.filter((test) => !IN_ONE_CGROUP.test(test));
  const lanes = Array.from({ length: LANES - 1 }, () => runAll(others));
  await Promise.all([runAll([...shared]), ...lanes]);
  removeCgroups();
  removeMounts(work);
  rmSync(work, { recursive: true });
  return outcomes.sort((a, b) => a.test.localeCompare(b.test));
}

async function runTest(suite: string, target: Target, test: string, dir: string): Promise<Outcome> {
  mkdirSync(dir);
  const runtime = wrap(target, dir);
  const child = spawn(join(suite, "bin", test), [], {
    // They look for the root file system and the program inside where they are started.
    cwd: suite,
    env: { PATH: process.env.PATH, TMPDIR: dir, RUNTIME: runtime },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr, code] = await Promise.all([
    read(child.stdout),
    read(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  // A test that gives up forgets its containers.
  const state = join(dir, "state");
  for (const id of existsSync(state) ? readdirSync(state) : [])
    spawnSync(runtime, ["delete", "--force", id]);
  return { test, ...judge({ stdout, stderr, code }) };
}

/** The suite calls one program without options of its own; this one keeps its containers apart. */
function wrap({ path, env = {} }: Target, dir: string): string {
  const runtime = join(dir, "runtime");
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}' `);
  const lines = ["#!/bin/sh", `${variables.join("")}exec '${path}' --root '${dir}/state' "$@"`];
  writeFileSync(runtime, `${lines.join("\n")}\n`);
  chmodSync(runtime, 0o755);
  return runtime;
}

async function read(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  stream.setEncoding("utf8");
  for await (const part of stream) text += part;
  return text;
}

/** A container without a mount namespace of its own leaves its mounts behind, with some runtimes. */
function removeMounts(work: string): void {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const paths = lines.flatMap((line) => line.split(" ")[4] ?? []);
  for (const path of paths.reverse())
    if (path.startsWith(`${work}/`)) spawnSync("umount", ["--lazy", path]);
}

/** No runtime removes the parents of a container's cgroup, nor does the suite. */
function removeCgroups(): void {
  const mounts = readdirSync("/sys/fs/cgroup", { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  for (const mount of ["", ...mounts]) {
    for (const path of CGROUPS) {
      try {
        rmdirSync(join("/sys/fs/cgroup", mount, path));
      } catch {
        // not made here, or not empty
      }
    }
  }
}
