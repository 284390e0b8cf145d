// kill: names and numbers of signals, and who gets them.
// Spec: runtime.md#kill

import * as assert from "uvu/assert";
import { args, script, share } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
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
