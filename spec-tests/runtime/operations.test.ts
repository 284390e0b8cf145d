// create, start, state, kill and delete: what each does, and refuses in the wrong state.
// Spec: runtime.md#runtime-operations, runtime.md#state

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { type Container, succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/operations");

const idle = (t: Sandbox) => t.bundle((config) => args(config, "idle"));

/** A container in each of the states that a caller can bring about. */
const STATES: Record<string, (t: Sandbox) => Promise<Container>> = {
  created: (t) => t.create(idle(t)),
  running: async (t) => {
    const container = await t.create(idle(t));
    await container.start();
    await container.created.sees("idle");
    return container;
  },
  stopped: async (t) => {
    const container = await t.create(t.bundle((config) => script(config, "true")));
    await container.output();
    return container;
  },
};

for (const [status, make] of Object.entries(STATES)) {
  test(`state of a ${status} container (runtime.md#state)`, async (t) => {
    const container = await make(t);
    const state = await container.state();
    assert.is(state.status, status);
    assert.is(state.id, container.id);
    assert.match(state.ociVersion, /^\d+\.\d+\.\d+/);
    assert.ok(state.bundle.startsWith(t.dir));
    assert.match(`${state.created}`, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    assert.is(state.rootfs, join(state.bundle, "rootfs"));
    if (status === "stopped") assert.is(state.pid, 0);
    else assert.ok(existsSync(`/proc/${state.pid}`));
  });
}

/** Operation, state, what the message has; null when it must succeed. */
const WRONG: [words: string[], status: string, message: RegExp | null][] = [
  [["start"], "running", /cannot start an already running container/],
  [["start"], "stopped", /cannot start a container that has stopped/],
  [["kill"], "stopped", /container not running/],
  [["delete"], "created", null],
  [["delete"], "running", /not stopped|is running/],
  [["delete"], "stopped", null],
  [["delete", "--force"], "created", null],
  [["delete", "--force"], "running", null],
  [["delete", "--force"], "stopped", null],
  [["delete", "-f"], "running", null],
];

for (const [words, status, message] of WRONG) {
  const how = message === null ? "works" : "is an error";
  test(`${words.join(" ")} of a ${status} container ${how} (runtime.md#operations)`, async (t) => {
    const container = await STATES[status]!(t);
    const before = (await container.state()).status;
    const result = await t.startRuntime([...words, container.id]).exited;
    if (message === null) {
      succeeded(words[0]!, result);
      return;
    }
    assert.is(result.code, 1);
    assert.match(result.stderr, message);
    assert.is((await container.state()).status, before);
  });
}

test("delete of a running container leaves it alone (runtime.md#delete)", async (t) => {
  const container = await STATES.running!(t);
  const { pid } = await container.state();
  await t.runtime(["delete", container.id]);
  assert.is((await container.state()).pid, pid);
});

for (const command of ["start", "state", "kill", "delete"]) {
  test(`${command} of an id that does not exist (runtime.md#operations)`, async (t) => {
    const result = await t.runtime([command, "nonesuch"]);
    assert.is(result.code, 1);
    assert.match(result.stderr, /container does not exist/);
  });

  test(`${command} without an id (runtime.md#operations)`, async (t) => {
    const result = await t.runtime([command]);
    assert.is.not(result.code, 0);
  });
}

test("delete --force of an id that does not exist is no error (runtime.md#delete)", async (t) => {
  succeeded("delete", await t.runtime(["delete", "--force", "nonesuch"]));
});

test("delete works twice with --force, once without (runtime.md#delete)", async (t) => {
  const container = await STATES.stopped!(t);
  await container.delete();
  succeeded("delete", await t.runtime(["delete", "--force", container.id]));
  assert.is((await t.runtime(["delete", container.id])).code, 1);
});

test("the id is free again after delete (runtime.md#delete)", async (t) => {
  const first = await STATES.stopped!(t);
  await first.delete();
  const second = await t.create(idle(t), { id: first.id });
  assert.is((await second.state()).status, "created");
});

test("create with an id in use is an error and leaves the first alone (runtime.md#create)", async (t) => {
  const bundle = idle(t);
  const first = await t.create(bundle);
  const result = await t.runtime(["create", "--bundle", bundle.dir, first.id]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /container with given ID already exists/);
  assert.is((await first.state()).status, "created");
});

test("create does not run the program, start does (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo > /ran"));
  const container = await t.create(bundle);
  assert.not.ok(existsSync(join(bundle.rootfs, "ran")));
  await container.output();
  assert.ok(existsSync(join(bundle.rootfs, "ran")));
});

test("later edits of config.json do not matter (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => {
    script(config, "echo first");
    config.annotations = { edit: "before" };
  });
  const container = await t.create(bundle);
  bundle.config.process.args = ["/bin/echo", "second"];
  bundle.config.annotations = { edit: "after" };
  bundle.save();
  assert.is(await container.output(), "first\n");
  rmSync(join(bundle.dir, "config.json"));
  assert.is((await container.state()).status, "stopped");
  await container.delete();
});

test("later edits of hooks do not matter (runtime.md#create)", async (t) => {
  const marker = join(t.dir, "hook-ran");
  const bundle = t.bundle((config) => {
    script(config, "true");
    config.hooks = { poststop: [{ path: "/bin/sh", args: ["sh", "-c", `echo > ${marker}`] }] };
  });
  const container = await t.create(bundle);
  delete bundle.config.hooks;
  bundle.save();
  await container.output();
  await container.delete();
  assert.ok(existsSync(marker));
});

test("a config.json that turns bad does not keep a container from being deleted (runtime.md#delete)", async (t) => {
  const bundle = idle(t);
  const container = await t.create(bundle);
  writeFileSync(join(bundle.dir, "config.json"), "{");
  await container.start();
  await container.delete("--force");
});

test("a bundle that is gone does not keep a container from being deleted (runtime.md#delete)", async (t) => {
  const bundle = t.bundle((config) => script(config, "true"));
  const container = await t.create(bundle);
  await container.output();
  rmSync(bundle.dir, { recursive: true });
  assert.is((await container.state()).status, "stopped");
  await container.delete();
});

test("the bundle is the working directory by default (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo from cwd"));
  const { stdout } = succeeded("run", await t.runtime(["run", t.id()], { cwd: bundle.dir }));
  assert.is(stdout, "from cwd\n");
});

test("a relative --bundle; state has it absolute (runtime.md#state)", async (t) => {
  const bundle = idle(t);
  const id = t.id();
  const relative = bundle.dir.slice(t.dir.length + 1);
  await t.startRuntime(["create", "--bundle", `./${relative}/`, id], { cwd: t.dir }).exited;
  const state = JSON.parse((await t.runtime(["state", id])).stdout);
  assert.is(state.bundle, bundle.dir);
});

test("state root is made private (runtime.md#create)", async (t) => {
  await t.create(idle(t));
  const { statSync } = await import("node:fs");
  assert.is(statSync(t.stateRoot).mode & 0o077 & ~0o011, 0);
});

test("twenty containers one after the other (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo $$"));
  for (let i = 0; i < 20; i++) assert.is(succeeded("run", await t.run(bundle)).stdout, "1\n");
});

test("ten containers at once (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo $$"));
  const all = await Promise.all(Array.from({ length: 10 }, () => t.run(bundle)));
  for (const result of all) assert.is(succeeded("run", result).stdout, "1\n");
});

const RACE = { deviates: "takes no lock on the id: both may fail" };

test(
  "one id at once: one create succeeds, the other says so (runtime.md#create)",
  RACE,
  async (t) => {
    const bundle = idle(t);
    const id = t.id();
    const both = await Promise.all(
      [1, 2].map(() => t.startRuntime(["create", "--bundle", bundle.dir, id]).exited),
    );
    const codes = both.map(({ code }) => code).toSorted();
    assert.equal(codes, [0, 1], both.map(({ stderr }) => stderr).join(""));
  },
);

test("a program that is gone while created: state says stopped, start refuses (runtime.md#state)", async (t) => {
  const container = await t.create(idle(t));
  const { pid } = await container.state();
  process.kill(pid, "SIGKILL");
  await container.finished();
  const result = await t.runtime(["start", container.id]);
  assert.is(result.code, 1);
  await container.delete();
  assert.ok(readFileSync("/proc/self/stat"));
});

test.run();
