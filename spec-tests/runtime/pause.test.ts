// pause and resume: nothing of a paused container runs; what other commands do with it.
// Spec: runtime.md#state; runc's command line

import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { script, share } from "../harness/bundle.ts";
import { type Container, succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { until } from "../harness/until.ts";

const test = spec("runtime/pause");

const needs = ["freezer"];

const NOT_THAWED =
  "before 1.2 it kills only the first process, since then it does not thaw on cgroup v1";

/** Counts in a file of its root, in a child of its first process, for ever. */
const COUNTING =
  "(i=0; while :; do i=$((i+1)); echo $i > /tmp/count; busybox usleep 5000; done) & echo up; wait";

async function counting(t: Sandbox, ...shared: string[]) {
  const bundle = t.bundle((config) => {
    config.root.readonly = false;
    config.mounts = config.mounts.filter(({ destination }) => destination !== "/tmp");
    script(config, `busybox mkdir -p /tmp; ${COUNTING}`);
    for (const type of shared) share(config, type);
  });
  const container = await t.create(bundle);
  await container.start();
  await container.created.sees("up");
  const count = () => {
    try {
      return readFileSync(`${bundle.rootfs}/tmp/count`, "utf8");
    } catch {
      return "";
    }
  };
  return { container, count };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function refused(t: Sandbox, words: string[], message: RegExp): Promise<void> {
  const { code, stderr } = await t.runtime(words);
  assert.is(code, 1, `${words} ended with ${code}`);
  assert.match(stderr, message);
}

async function pause(t: Sandbox, { id }: Container): Promise<void> {
  succeeded("pause", await t.runtime(["pause", id]));
}

test("pause stops every process, resume continues them (runtime.md#state)", {
  needs,
}, async (t) => {
  const { container, count } = await counting(t);
  await until("it counts", () => count() !== "");
  await pause(t, container);
  assert.is((await container.state()).status, "paused");
  const before = count();
  // nothing to wait for: that nothing happens is what is to be seen
  await sleep(100);
  assert.is(count(), before);
  succeeded("resume", await t.runtime(["resume", container.id]));
  assert.is((await container.state()).status, "running");
  await until("it goes on", () => count() !== before && count() !== "");
  await container.kill();
  await container.finished();
});

test("list shows a paused container as such (runtime.md#state)", { needs }, async (t) => {
  const { container } = await counting(t);
  await pause(t, container);
  const { stdout } = succeeded("list", await t.runtime(["list", "--format", "json"]));
  const [entry] = JSON.parse(stdout) as { id: string; status: string }[];
  assert.equal([entry?.id, entry?.status], [container.id, "paused"]);
});

test("pause and resume refuse what makes no sense (runtime.md#errors)", { needs }, async (t) => {
  const { container } = await counting(t);
  await refused(t, ["resume", container.id], /container not paused/);
  await pause(t, container);
  await refused(t, ["pause", container.id], /container not running/);
  await refused(t, ["delete", container.id], /is not stopped: paused/);
  await refused(t, ["start", container.id], /cannot start a container in the paused state/);
  succeeded("resume", await t.runtime(["resume", container.id]));
  await container.kill();
  await container.finished();
  await refused(t, ["pause", container.id], /container not running/);
  await refused(t, ["resume", container.id], /container not paused/);
  await refused(t, ["pause", "nobody"], /container does not exist/);
  await refused(t, ["pause"], /requires exactly 1 argument/);
  await refused(t, ["resume", "a", "b"], /requires exactly 1 argument/);
});

test("a created container can be paused, and is created again (runtime.md#state)", {
  needs,
}, async (t) => {
  const container = await t.create(t.bundle((config) => script(config, "echo done")));
  await pause(t, container);
  assert.is((await container.state()).status, "paused");
  succeeded("resume", await t.runtime(["resume", container.id]));
  assert.is((await container.state()).status, "created");
  assert.is(await container.output(), "done\n");
});

for (const [title, shared] of [
  ["with a pid namespace", []],
  ["without one", ["pid"]],
] as const) {
  const options = shared.length > 0 ? { needs, deviates: NOT_THAWED } : { needs };
  test(`kill KILL ends a paused container ${title} (runtime.md#kill)`, options, async (t) => {
    const { container } = await counting(t, ...shared);
    await pause(t, container);
    succeeded("kill", await t.runtime(["kill", container.id, "KILL"]));
    await container.finished();
    await container.delete();
  });

  test(`kill --all KILL ends a paused container ${title} (runtime.md#kill)`, options, async (t) => {
    const { container } = await counting(t, ...shared);
    await pause(t, container);
    succeeded("kill", await t.runtime(["kill", "--all", container.id, "KILL"]));
    await container.finished();
  });

  test(
    `delete --force removes a paused container ${title} (runtime.md#delete)`,
    options,
    async (t) => {
      const { container } = await counting(t, ...shared);
      await pause(t, container);
      await container.delete("--force");
      await refused(t, ["state", container.id], /does not exist/);
    },
  );
}

test("a signal reaches a paused container when it is resumed (runtime.md#kill)", {
  needs,
}, async (t) => {
  const bundle = t.bundle((config) =>
    script(config, "trap 'echo term; exit 0' TERM; echo up; while :; do busybox usleep 5000; done"),
  );
  const container = await t.create(bundle);
  await container.start();
  await container.created.sees("up");
  await pause(t, container);
  await container.kill("TERM");
  assert.is((await container.state()).status, "paused");
  succeeded("resume", await t.runtime(["resume", container.id]));
  assert.is(await container.finished(), "up\nterm\n");
});

test("pause and resume keep up with a container that forks all the time (runtime.md#state)", {
  needs,
}, async (t) => {
  const bundle = t.bundle((config) =>
    script(config, "echo up; while :; do (:) & (:) & wait; done"),
  );
  const container = await t.create(bundle);
  await container.start();
  await container.created.sees("up");
  for (let round = 0; round < 10; round++) {
    await pause(t, container);
    assert.is((await container.state()).status, "paused");
    succeeded("resume", await t.runtime(["resume", container.id]));
  }
  await container.kill();
  await container.finished();
});

test.run();
