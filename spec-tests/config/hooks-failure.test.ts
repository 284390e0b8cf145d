// hooks that fail, hang or can't run: which operation fails, and what becomes of the container.
// Spec: runtime.md#lifecycle, config.md#posix-platform-hooks

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import type { Config, Hook } from "../harness/types.ts";

const test = spec("config/hooks-failure");

const failing: Hook = { path: "/bin/sh", args: ["sh", "-c", "echo because >&2; exit 3"] };

const EARLY = ["prestart", "createRuntime", "createContainer"];

function bundleWith(t: Sandbox, hooks: Config["hooks"]) {
  return t.bundle((config) => {
    args(config, "idle");
    config.hooks = hooks!;
  });
}

/** A hook that leaves a file behind when it runs. */
function marking(t: Sandbox, name: string): Hook {
  return { path: "/bin/sh", args: ["sh", "-c", `echo ran >> ${join(t.dir, name)}`] };
}

for (const kind of EARLY) {
  test(`${kind} fails: create fails and the container is gone (runtime.md#lifecycle)`, async (t) => {
    const bundle = bundleWith(t, { [kind]: [failing] });
    const id = t.id();
    const result = await t.runtime(["create", "--bundle", bundle.dir, id]);
    assert.is(result.code, 1);
    assert.match(result.stderr, /exit status 3|exit 3/);
    assert.match(result.stderr, /because/);
    const state = await t.runtime(["state", id]);
    assert.is(state.code, 1);
    assert.match(state.stderr, /does not exist/);
  });

  test(`${kind} fails: later hooks of the kind do not run (runtime.md#lifecycle)`, async (t) => {
    const bundle = bundleWith(t, { [kind]: [marking(t, "first"), failing, marking(t, "later")] });
    await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
    assert.ok(existsSync(join(t.dir, "first")));
    assert.not.ok(existsSync(join(t.dir, "later")));
  });

  test(`${kind} fails: poststop hooks run (runtime.md#lifecycle)`, async (t) => {
    const bundle = bundleWith(t, { [kind]: [failing], poststop: [marking(t, "stopped")] });
    await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
    assert.ok(existsSync(join(t.dir, "stopped")));
  });

  test(`${kind} beyond its timeout is killed and fails create (config.md#posix-platform-hooks)`, async (t) => {
    const sleeper = { path: "/bin/sh", args: ["sh", "-c", "exec sleep 60"], timeout: 1 };
    const bundle = bundleWith(t, { [kind]: [sleeper] });
    const started = Date.now();
    const result = await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
    assert.is(result.code, 1);
    assert.ok(Date.now() - started >= 900, "it was given its second");
    assert.ok(Date.now() - started < 10_000, "it was not waited for");
    assert.match(result.stderr, /timed? ?out|after 1(\.0)? ?s|ran past/i);
  });

  test(`${kind} that is missing fails create (config.md#posix-platform-hooks)`, async (t) => {
    const bundle = bundleWith(t, { [kind]: [{ path: "/nonexistent/hook" }] });
    const result = await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
    assert.is(result.code, 1);
    assert.match(result.stderr, /no such file or directory/);
    assert.match(result.stderr, /hook/);
  });
}

test("the message names the hook (config.md#posix-platform-hooks)", {
  deviates: "says hook #1",
}, async (t) => {
  const bundle = bundleWith(t, { createRuntime: [marking(t, "first"), failing] });
  const { stderr } = await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
  assert.match(stderr, /hooks\.createRuntime\[1\]/);
  assert.match(stderr, /\/bin\/sh/);
});

test("startContainer fails: the container stops without running its program (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    config.process.args = ["/bin/sh", "-c", "echo ran > /ran"];
    config.hooks = { startContainer: [{ path: "/bin/false" }] };
    assert.ok(rootfs);
  });
  const container = await t.create(bundle);
  await t.runtime(["start", container.id]);
  await container.finished();
  assert.not.ok(existsSync(join(bundle.rootfs, "ran")));
  await container.delete();
});

test("startContainer fails: start says so (runtime.md#lifecycle)", {
  deviates: "start does not wait",
}, async (t) => {
  const bundle = bundleWith(t, { startContainer: [{ path: "/bin/false" }] });
  const container = await t.create(bundle);
  const result = await t.runtime(["start", container.id]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /hooks\.startContainer\[0\]/);
});

test("poststart fails: start fails and the container is stopped (runtime.md#lifecycle)", {
  deviates: "runs poststart hooks in create",
}, async (t) => {
  const bundle = bundleWith(t, { poststart: [failing], poststop: [marking(t, "stopped")] });
  const container = await t.create(bundle);
  const result = await t.runtime(["start", container.id]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /hooks\.poststart\[0\]/);
  await container.created.closed;
});

const GIVES_UP = { deviates: "stops at the first failing poststop hook, 1.5 fails delete" };

test(
  "poststop fails: a warning, the other hooks and delete go on (runtime.md#lifecycle)",
  GIVES_UP,
  async (t) => {
    const bundle = bundleWith(t, { poststop: [failing, marking(t, "later")] });
    const container = await t.create(bundle);
    await container.kill();
    await container.finished();
    const log = join(t.dir, "log");
    const result = await t.runtime(["--log", log, "delete", container.id]);
    assert.is(result.code, 0);
    assert.match(readFileSync(log, "utf8"), /level=(warning|error).*(because|exit)/);
    assert.ok(existsSync(join(t.dir, "later")));
  },
);

test("a hook that does not read its stdin is no failure (config.md#posix-platform-hooks)", async (t) => {
  const bundle = bundleWith(t, { createRuntime: [{ path: "/bin/true" }, marking(t, "later")] });
  await t.create(bundle);
  assert.ok(existsSync(join(t.dir, "later")));
});

test("a hook that leaves a process behind does not hold create up (config.md#posix-platform-hooks)", async (t) => {
  const pidFile = join(t.dir, "daemon");
  const daemon = `setsid sleep 5 >/dev/null 2>&1 </dev/null & echo $! > ${pidFile}`;
  const bundle = bundleWith(t, {
    createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", daemon] }],
  });
  const started = Date.now();
  await t.create(bundle);
  process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
  assert.ok(Date.now() - started < 4000);
});

test("a hook path that is not absolute is refused (config.md#posix-platform-hooks)", {
  deviates: "looks it up",
}, async (t) => {
  const bundle = bundleWith(t, { createRuntime: [{ path: "true" }] });
  const result = await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /\/hooks\/createRuntime\/0\/path.*absolute/);
});

test("a signal that kills a hook is told (config.md#posix-platform-hooks)", async (t) => {
  const killed = { path: "/bin/sh", args: ["sh", "-c", "kill -9 $$"] };
  const bundle = bundleWith(t, { createRuntime: [killed] });
  const result = await t.runtime(["create", "--bundle", bundle.dir, t.id()]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /signal: killed|SIGKILL|signal 9/);
});

test("hooks see the container's cgroup made already (runtime.md#lifecycle)", async (t) => {
  const copy = join(t.dir, "cgroup");
  const text = `read -r state; pid=\${state##*'"pid":'}; pid=\${pid%%,*}; cat /proc/$pid/cgroup > ${copy}`;
  const bundle = bundleWith(t, { createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", text] }] });
  writeFileSync(copy, "");
  await t.create(bundle);
  assert.match(readFileSync(copy, "utf8"), new RegExp(t.token));
});

test.run();
