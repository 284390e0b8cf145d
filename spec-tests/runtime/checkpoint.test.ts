// checkpoint and restore: a container goes on where it was. The specification leaves both to runtimes; these are runc's.
// Spec: runtime.md#operations

import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { cgroupDirectory } from "../harness/cgroups.ts";
import { stateOf, succeeded } from "../harness/container.ts";
import {
  checkpoint,
  counterOf,
  counting,
  paths,
  quietly,
  restore,
  WITH_CRIU,
} from "../harness/criu.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/checkpoint");

test(
  "memory and open files go on where they were, twice (runtime.md#operations)",
  WITH_CRIU,
  async (t) => {
    const counter = await counting(t);
    const { pid } = await stateOf(t, counter.id);
    const cgroup = cgroupDirectory("freezer", pid) ?? cgroupDirectory("pids", pid)!;
    for (let turn = 0; turn < 2; turn++) {
      await checkpoint(t, counter);
      assert.ok(existsSync(join(counter.images, "inventory.img")));
      assert.ok(existsSync(join(`${counter.images}-work`, "dump.log")));
      const gone = await t.runtime(["state", counter.id]);
      assert.is(gone.code, 1);
      assert.match(gone.stderr, "does not exist");
      assert.not.ok(existsSync(cgroup), cgroup);
      const counted = counter.numbers().length;

      const pidFile = join(t.dir, `pid${turn}`);
      await restore(t, counter, "--pid-file", pidFile);
      assert.ok((await counter.grows()) > counted);
      const state = await stateOf(t, counter.id);
      assert.is(state.status, "running");
      assert.is(readFileSync(pidFile, "utf8"), String(state.pid));
      assert.is(
        cgroupDirectory("freezer", state.pid) ?? cgroupDirectory("pids", state.pid),
        cgroup,
      );
    }
  },
);

test("a restored container takes every command (runtime.md#operations)", WITH_CRIU, async (t) => {
  const counter = await counting(t);
  await checkpoint(t, counter);
  await restore(t, counter);
  const words = [
    "exec",
    counter.id,
    "/bin/sh",
    "-c",
    "for pid in self 1; do busybox readlink /proc/$pid/ns/time; done",
  ];
  const { stdout } = succeeded("exec", await t.runtime(words));
  const [own, first] = stdout.trim().split("\n");
  if (process.env.RUNTIME === undefined) assert.is(own, first);
  succeeded("pause", await t.runtime(["pause", counter.id]));
  assert.is((await stateOf(t, counter.id)).status, "paused");
  succeeded("resume", await t.runtime(["resume", counter.id]));
  await counter.grows();
  succeeded("kill", await t.runtime(["kill", counter.id, "KILL"]));
  succeeded("delete", await t.runtime(["delete", "--force", counter.id]));
});

test("--leave-running ends nothing (runtime.md#operations)", WITH_CRIU, async (t) => {
  const counter = await counting(t);
  await checkpoint(t, counter, "--leave-running");
  assert.is((await stateOf(t, counter.id)).status, "running");
  await counter.grows();
});

test(
  "what was paused stays so, and goes on under another name (runtime.md#operations)",
  WITH_CRIU,
  async (t) => {
    const counter = await counting(t);
    succeeded("pause", await t.runtime(["pause", counter.id]));
    await checkpoint(t, counter, "--leave-running");
    assert.is((await stateOf(t, counter.id)).status, "paused");
    succeeded("delete", await t.runtime(["delete", "--force", counter.id]));
    const other = counterOf(t, t.id(), counter.bundle);
    await restore(t, other);
    assert.is((await stateOf(t, other.id)).status, "running");
    await other.grows();
  },
);

test("a pre-dump is the parent of what follows it (runtime.md#operations)", {
  ...WITH_CRIU,
  needs: ["criu", "criu mem_dirty_track"],
}, async (t) => {
  const counter = await counting(t);
  const parent = { images: join(t.dir, "parent") };
  const before = ["checkpoint", "--pre-dump", ...paths(parent), counter.id];
  succeeded("pre-dump", await quietly(t, before));
  assert.is((await stateOf(t, counter.id)).status, "running");
  await counter.grows();
  await checkpoint(t, counter, "--parent-path", "../parent");
  assert.is(readlinkSync(join(counter.images, "parent")), "../parent");
  await restore(t, counter);
  await counter.grows();
});

for (const [what, flags, words] of [
  ["an absolute parent", ["--parent-path", "/tmp"], "--parent-path"],
  ["a parent that is not there", ["--parent-path", "../nowhere"], "--parent-path"],
  ["a page server without a port", ["--page-server", "localhost"], "--page-server ADDRESS:PORT"],
  ["a cgroup mode of another name", ["--manage-cgroups-mode", "x"], "manage"],
  ["an empty namespace of another kind", ["--empty-ns", "pid"], "is not supported"],
] as const) {
  test(`${what} is refused, and nothing is done (runtime.md#errors)`, async (t) => {
    const counter = await counting(t);
    const result = await quietly(t, ["checkpoint", ...paths(counter), ...flags, counter.id]);
    assert.is(result.code, 1);
    assert.ok(result.stderr.includes(words), result.stderr);
    assert.is((await stateOf(t, counter.id)).status, "running");
    assert.not.ok(existsSync(join(counter.images, "inventory.img")));
  });
}

test("what was not started, or has ended, is no state to keep (runtime.md#errors)", async (t) => {
  const container = await t.create(t.bundle());
  const refused = await t.runtime(["checkpoint", container.id]);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, "cannot be checkpointed in created state");
  await container.output();
  const late = await t.runtime(["checkpoint", container.id]);
  assert.match(late.stderr, "cannot be checkpointed in stopped state");
  const none = await t.runtime(["checkpoint", "nobody"]);
  assert.match(none.stderr, "does not exist");
});

test.run();
