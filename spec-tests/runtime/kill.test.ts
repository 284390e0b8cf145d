// kill: names and numbers of signals, and who gets them.
// Spec: runtime.md#kill

import * as assert from "uvu/assert";
import { probePath } from "../harness/build.ts";
import { args, type Edit, script, share } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/kill");

async function listening(t: Sandbox) {
  const container = await t.create(t.bundle((config) => args(config, "signals")));
  await container.start();
  await container.created.sees("ready");
  return container;
}

const SIGNALS: [given: string, number: number][] = [
  ["USR1", 10],
  ["SIGUSR1", 10],
  ["usr2", 12],
  ["sighup", 1],
  ["15", 15],
  ["2", 2],
  ["WINCH", 28],
  ["36", 36],
];

for (const [given, number] of SIGNALS) {
  test(`kill ${given} (runtime.md#kill)`, async (t) => {
    const container = await listening(t);
    await container.kill(given);
    await container.created.sees(`signal ${number}\n`);
  });
}

test("kill without a signal is SIGTERM (runtime.md#kill)", async (t) => {
  const container = await listening(t);
  succeeded("kill", await t.runtime(["kill", container.id]));
  await container.created.sees("signal 15\n");
  await container.finished();
});

for (const bad of ["NOSUCH", "SIG", "-1", "0x9", "9999"]) {
  test(`kill with "${bad}" is an error (runtime.md#kill)`, async (t) => {
    const container = await listening(t);
    const result = await t.runtime(["kill", container.id, bad]);
    assert.is(result.code, 1);
    assert.is((await container.state()).status, "running");
  });
}

test("kill KILL ends the container (runtime.md#kill)", async (t) => {
  const container = await listening(t);
  await container.kill("KILL");
  await container.finished();
});

test("kill of a created container ends it (runtime.md#kill)", async (t) => {
  const container = await t.create(t.bundle());
  await container.kill("KILL");
  await container.finished();
});

/** Signal, whether the container has a pid namespace of its own, and how its parent sees the init end. */
const ENDS: [signal: string, ownPids: boolean, end: string][] = [
  ["TERM", true, "exit 2"],
  ["INT", true, "exit 2"],
  ["HUP", true, "exit 2"],
  ["QUIT", true, "exit 2"],
  ["KILL", true, "signal 9"],
  ["TERM", false, "signal 15"],
];

for (const [signal, ownPids, end] of ENDS) {
  const which = ownPids ? "its own pid namespace" : "the host's pid namespace";
  test(`kill ${signal} of a created container with ${which}: ${end} (runtime.md#kill)`, async (t) => {
    const { id, parent } = await createdBy(t, (config) => {
      if (!ownPids) share(config, "pid");
    });
    succeeded("kill", await t.runtime(["kill", id, signal]));
    await parent.sees(`${end}\n`);
    const state = succeeded("state", await t.runtime(["state", id]));
    assert.is(JSON.parse(state.stdout).status, "stopped");
    assert.is((await t.runtime(["start", id])).code, 1);
  });
}

/** Signals that no user ends a program with, and why runc is no judge of them. */
const PASSED_OVER: [signals: string[], options: { deviates?: string }][] = [
  [["USR1", "USR2", "WINCH", "ALRM", "CONT", "36"], {}],
  [["ABRT", "SYS", "STKFLT"], { deviates: "its init, a Go program, ends by them" }],
];

for (const [signals, options] of PASSED_OVER) {
  test(
    `${signals.join(", ")} leave a created container alone (runtime.md#kill)`,
    options,
    async (t) => {
      const { id } = await createdBy(t, (config) => args(config, "signals"));
      for (const signal of signals) succeeded("kill", await t.runtime(["kill", id, signal]));
      const state = succeeded("state", await t.runtime(["state", id]));
      assert.is(JSON.parse(state.stdout).status, "created");
    },
  );
}

test("a created container under a filter that denies rt_sigaction ends by TERM (runtime.md#kill)", {
  deviates: "its init, a Go program, dies of a fault then",
}, async (t) => {
  const { id, parent } = await createdBy(t, (config) => {
    config.process.noNewPrivileges = false;
    config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["rt_sigaction", "rt_sigreturn"], action: "SCMP_ACT_ERRNO" }],
    };
  });
  succeeded("kill", await t.runtime(["kill", id]));
  await parent.sees("exit 2\n");
});

test("the program of a container has no handlers but its own (runtime.md#start)", async (t) => {
  const container = await t.create(
    t.bundle((config) =>
      script(config, "grep SigCgt /proc/self/status; kill -TERM $$; echo alive"),
    ),
  );
  // cat has none; a shell that is the first process does not get what it has no handler for
  assert.match(await container.output(), /^SigCgt:\t0{16}\nalive\n$/);
});

/** A container that a shim-like parent created, and the parent. */
async function createdBy(t: Sandbox, edit: Edit) {
  const bundle = t.bundle(edit);
  const id = t.id();
  const command = [runtimePath(), "--root", t.stateRoot, "create", "--bundle", bundle.dir, id];
  const parent = t.startHelper(probePath(), ["parent", ...command], { stdin: "open" });
  await parent.sees("ready\n");
  return { id, parent };
}

for (const words of [["--all"], ["-a"]]) {
  test(`kill ${words} reaches every process of a container without a pid namespace (runtime.md#kill)`, async (t) => {
    const bundle = t.bundle((config) => {
      share(config, "pid");
      script(config, "busybox sleep 100 & busybox sleep 100 & echo up; wait");
    });
    const container = await t.create(bundle);
    await container.start();
    await container.created.sees("up");
    succeeded("kill", await t.runtime(["kill", ...words, container.id, "9"]));
    await container.finished();
  });
}

test("kill --all is accepted after the first process is gone (runtime.md#kill)", {
  since: "1.2: is no error",
}, async (t) => {
  const container = await t.create(t.bundle((config) => script(config, "true")));
  await container.output();
  const result = await t.runtime(["kill", "--all", container.id, "KILL"]);
  if (result.code !== 0) assert.match(result.stderr, /container not running/);
});

test.run();
