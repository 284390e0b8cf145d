// What a runtime that stays may still do while a container writes to it: `run` and `exec` in the foreground, with a terminal.
// Spec: none; capabilities(7)

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { idle } from "../harness/exec.ts";
import { spec } from "../harness/suite.ts";
import { until } from "../harness/until.ts";

const test = spec("attacks/foreground");

const deviates = "it keeps all its capabilities";
const KILL = 1n << 5n;
const NONE = 0n;
const TERMINATED = 128 + 15;

interface Rights {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
  readonly noNewPrivileges: boolean;
}

function rightsIn(status: string): Rights {
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\w+)`, "m").exec(status)![1]!;
  const set = (name: string) => BigInt(`0x${field(name)}`);
  return {
    effective: set("CapEff"),
    permitted: set("CapPrm"),
    inheritable: set("CapInh"),
    noNewPrivileges: field("NoNewPrivs") === "1",
  };
}

const rightsOf = (pid: number | "self") => rightsIn(readFileSync(`/proc/${pid}/status`, "utf8"));
const ALL = rightsOf("self");

/** It may be a moment from the program's first words to the wait for its end. */
const laidDown = (pid: number) =>
  until("only CAP_KILL is in force", () => rightsOf(pid).effective === KILL);

test("exec has no capability left but CAP_KILL, for good (capabilities)", {
  deviates,
}, async (t) => {
  const container = await idle(t);
  const run = t.startRuntime(["exec", container.id, "/bin/probe", "idle", "entered"]);
  await run.sees("entered");
  const pid = run.child.pid!;
  await laidDown(pid);
  const rights = { effective: KILL, permitted: KILL, inheritable: NONE, noNewPrivileges: true };
  assert.equal(rightsOf(pid), rights);
  run.child.kill("SIGTERM");
  assert.is((await run.closed).code, TERMINATED);
});

test("exec can still signal a program of another user's (capabilities)", async (t) => {
  const container = await idle(t);
  const flags = ["--user", "1000:1000"];
  const run = t.startRuntime(["exec", ...flags, container.id, "/bin/probe", "idle", "entered"]);
  await run.sees("entered");
  run.child.kill("SIGTERM");
  assert.is((await run.closed).code, TERMINATED);
});

test("run has only CAP_KILL in force until its container ends, then all for poststop hooks (capabilities)", {
  deviates,
}, async (t) => {
  const seen = join(t.dir, "seen");
  const bundle = t.bundle((config) => {
    args(config, "idle");
    const hook = { path: "/bin/sh", args: ["sh", "-c", `cat /proc/self/status >${seen}`] };
    config.hooks = { poststop: [hook] };
  });
  const run = t.startRuntime(["run", "--bundle", bundle.dir, t.id()]);
  await run.sees("idle");
  const pid = run.child.pid!;
  await laidDown(pid);
  assert.equal(rightsOf(pid), { ...ALL, effective: KILL });
  run.child.kill("SIGTERM");
  assert.is((await run.closed).code, TERMINATED);
  assert.equal(rightsIn(readFileSync(seen, "utf8")), ALL);
});

test("run --keep, which removes nothing, gives them up (capabilities)", { deviates }, async (t) => {
  const bundle = t.bundle((config) => args(config, "idle"));
  const id = t.id();
  const run = t.startRuntime(["run", "--keep", "--bundle", bundle.dir, id]);
  await run.sees("idle");
  await laidDown(run.child.pid!);
  assert.is(rightsOf(run.child.pid!).permitted, KILL);
  run.child.kill("SIGTERM");
  await run.closed;
  succeeded("delete", await t.runtime(["delete", id]));
});

test.run();
