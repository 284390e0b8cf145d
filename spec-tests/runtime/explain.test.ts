// explain and --trace: what would be done, and how long each step took.
// Spec: none; trunc's own

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/explain");

const OWN = { deviates: "has no such thing" };

test("explain names every mount, with its place in config.json (trunc#explain)", OWN, async (t) => {
  const bundle = t.bundle();
  const { stdout } = succeeded("explain", await t.runtime(["explain", bundle.dir]));
  for (const [index, { destination }] of bundle.config.mounts.entries()) {
    assert.match(stdout, new RegExp(`${destination}\\b.*/mounts/${index}\\b`), destination);
  }
  assert.match(stdout, /\/process\/args/);
});

test("explain --format json: every op has a name and a place (trunc#explain)", OWN, async (t) => {
  const bundle = t.bundle();
  const words = ["explain", "--format", "json", bundle.dir];
  const plan = JSON.parse(succeeded("explain", await t.runtime(words)).stdout) as Record<
    string,
    unknown
  >;
  const ops = Object.values(plan).filter(Array.isArray).flat() as { op?: string; at?: string }[];
  assert.ok(ops.length > 20, `${ops.length} ops`);
  for (const { op, at } of ops) {
    assert.type(op, "string");
    assert.match(at!, /^(\/.*)?$/);
  }
});

test("explain does nothing (trunc#explain)", OWN, async (t) => {
  const bundle = t.bundle((config) => {
    config.mounts.push({ destination: "/would-be-made", type: "tmpfs", source: "t" });
    config.hooks = {
      prestart: [{ path: "/bin/sh", args: ["sh", "-c", `echo > ${t.dir}/hook-ran`] }],
    };
  });
  succeeded("explain", await t.runtime(["explain", bundle.dir]));
  assert.not.ok(existsSync(join(bundle.rootfs, "would-be-made")));
  assert.not.ok(existsSync(join(t.dir, "hook-ran")));
  assert.not.ok(existsSync(t.stateRoot));
});

test("explain of a bad config.json is an error (trunc#explain)", OWN, async (t) => {
  const bundle = t.bundle((config) => {
    config.process.cwd = "relative";
  });
  const result = await t.runtime(["explain", bundle.dir]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /\/process\/cwd/);
});

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
}

for (const command of ["run", "create"]) {
  test(`${command} --trace writes Chrome's trace format (trunc#trace)`, OWN, async (t) => {
    const bundle = t.bundle((config) => script(config, "true"));
    const file = join(t.dir, "trace.json");
    const call = t.startRuntime([command, "--trace", file, "--bundle", bundle.dir, t.id()]);
    succeeded(command, await call.exited);
    const trace = JSON.parse(readFileSync(file, "utf8"));
    const events = (Array.isArray(trace) ? trace : trace.traceEvents) as TraceEvent[];
    const timed = events.filter(({ ph }) => ph === "X");
    assert.ok(timed.length > 20, `${timed.length} events`);
    for (const { name, ts, dur } of timed) {
      assert.ok(name.length > 0);
      assert.ok(ts >= 0 && dur! >= 0, `${name}: ${ts} + ${dur}`);
    }
    assert.ok(events.some(({ name }) => /mount/i.test(name)));
  });
}

test.run();
