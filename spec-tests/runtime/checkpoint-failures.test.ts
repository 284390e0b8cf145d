// checkpoint and restore that fail: one line that says why, the container as before, nothing left.
// Spec: runtime.md#errors

import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import {
  checkpoint,
  counterOf,
  counting,
  done,
  paths,
  quietly,
  restore,
  WITH_CRIU,
} from "../harness/criu.ts";
import { idle } from "../harness/exec.ts";
import { spec } from "../harness/suite.ts";
import { ordinaryUser } from "../harness/user.ts";

const test = spec("runtime/checkpoint-failures");

test("without CRIU one line says so, and the container goes on (runtime.md#errors)", {
  deviates: "says that a version check failed",
}, async (t) => {
  const counter = await counting(t);
  const env = { PATH: "/nowhere", SPEC_TOKEN: t.token };
  const { code, stderr } = await t.runtime(["checkpoint", ...paths(counter), counter.id], { env });
  assert.is(code, 1);
  assert.match(
    stderr,
    /^trunc: CRIU is needed: exec: "criu": executable file not found in \$PATH; hint: [^\n]+\n$/,
  );
  await counter.grows();
  mkdirSync(counter.images, { recursive: true });
  const where = ["--bundle", counter.bundle.dir, ...paths(counter)];
  const other = await t.runtime(["restore", "--detach", ...where, t.id()], { env });
  assert.is(other.code, 1);
  assert.match(other.stderr, "CRIU is needed");
});

test("a stream that leads out is named, from CRIU's log (runtime.md#errors)", {
  ...WITH_CRIU,
  deviates: "names the log only",
}, async (t) => {
  const file = join(t.dir, "outside");
  openSync(file, "w");
  const bundle = t.bundle((config) => {
    script(
      config,
      "exec 5>/numbers; i=0; while :; do i=$((i+1)); echo $i >&5; busybox sleep 0.05; done",
    );
  });
  const counter = counterOf(t, t.id(), bundle);
  const redirect = `</dev/null >${file} 2>&1`;
  await done(t, ["run", "--detach", "--bundle", bundle.dir, counter.id], redirect);
  await counter.grows();
  const { code, stderr } = await quietly(t, ["checkpoint", ...paths(counter), counter.id]);
  assert.is(code, 1);
  assert.match(
    stderr,
    /cannot checkpoint container \S+: criu failed: type DUMP errno \d+: Can't lookup mount=.*outside/,
  );
  assert.match(stderr, /hint: log: \S+\/dump\.log/);
  await counter.grows();
});

test("a file lock needs --file-locks (runtime.md#errors)", WITH_CRIU, async (t) => {
  const counter = await counting(t, (config) => {
    const count =
      "exec 5>/numbers; i=0; while :; do i=$((i+1)); echo $i >&5; busybox sleep 0.05; done";
    config.process.args = ["/bin/probe", "lock", "/lock", "/bin/sh", "-c", count];
  });
  const { code } = await quietly(t, ["checkpoint", ...paths(counter), counter.id]);
  assert.is(code, 1);
  await counter.grows();
  await checkpoint(t, counter, "--file-locks");
  await restore(t, counter, "--file-locks");
  const words = ["exec", counter.id, "/bin/probe", "lock", "/lock", "/bin/busybox", "true"];
  assert.is((await t.runtime(words)).code, 1);
  await counter.grows();
});

test("images that are not there leave nothing behind (runtime.md#errors)", WITH_CRIU, async (t) => {
  const bundle = t.bundle();
  const images = join(t.dir, "empty");
  mkdirSync(images);
  const id = t.id();
  const where = ["--bundle", bundle.dir, ...paths({ images })];
  const { code, stderr } = await quietly(t, ["restore", "--detach", ...where, id]);
  assert.is(code, 1);
  assert.match(stderr, "descriptors.json");
  assert.match((await t.runtime(["state", id])).stderr, "does not exist");
});

test(
  "a hook that fails ends what was being restored (config.md#posix-platform-hooks)",
  WITH_CRIU,
  async (t) => {
    const counter = await counting(t);
    await checkpoint(t, counter);
    counter.bundle.config.hooks = { createRuntime: [{ path: "/bin/false" }] };
    counter.bundle.save();
    const where = ["--bundle", counter.bundle.dir, ...paths(counter)];
    const { code, stderr } = await quietly(t, ["restore", "--detach", ...where, counter.id]);
    assert.is(code, 1);
    assert.match(stderr, /hook/);
    assert.match((await t.runtime(["state", counter.id])).stderr, "does not exist");
    delete counter.bundle.config.hooks;
    counter.bundle.save();
    await restore(t, counter);
    await counter.grows();
  },
);

test("an ordinary user is told why, and his container goes on (runtime.md#errors)", {
  ...WITH_CRIU,
  needs: ["criu", "user namespaces"],
  deviates: "fails at what comes before and after CRIU",
}, async (t) => {
  const user = ordinaryUser(t);
  const container = await idle(user);
  const images = join(t.dir, "images");
  const dump = await user.runtime(["checkpoint", "--image-path", images, container.id]);
  assert.is(dump.code, 1);
  assert.match(dump.stderr, /^trunc: warning: checkpoint is untested with rootless containers\n/);
  assert.match(
    dump.stderr,
    /\ntrunc: cannot checkpoint container [^\n]*Operation not permitted[^\n]*\n$/,
  );
  const { status, bundle } = await container.state();
  assert.is(status, "running");
  const words = ["restore", "--detach", "--bundle", bundle, "--image-path", images, t.id()];
  const again = await user.runtime(words);
  assert.is(again.code, 1);
  assert.match(again.stderr, /\ntrunc: cannot make the mount points: clone3: EPERM [^\n]*\n$/);
});

test("an id that is in use is not taken (runtime.md#errors)", WITH_CRIU, async (t) => {
  const counter = await counting(t);
  await checkpoint(t, counter, "--leave-running");
  const where = ["--bundle", counter.bundle.dir, ...paths(counter)];
  const { code, stderr } = await quietly(t, ["restore", "--detach", ...where, counter.id]);
  assert.is(code, 1);
  assert.match(stderr, "already exists");
  await counter.grows();
  succeeded("delete", await t.runtime(["delete", "--force", counter.id]));
});

test.run();
