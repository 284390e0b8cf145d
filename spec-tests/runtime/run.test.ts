// run: exit codes, signals in the foreground, --detach, --keep; programs that end in every way.
// Spec: runtime.md#lifecycle (run is runc's: create, start, wait, delete)

import { existsSync, readdirSync } from "node:fs";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { succeeded, untilStopped } from "../harness/container.ts";
import { messageOf } from "../harness/message.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/run");

for (const code of [0, 1, 42, 125, 255]) {
  test(`exit code ${code} is the program's (runtime.md#lifecycle)`, async (t) => {
    const bundle = t.bundle((config) => script(config, `exit ${code}`));
    assert.is((await t.run(bundle)).code, code);
  });
}

test("a program killed from outside gives 128 + the signal (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => args(config, "idle"));
  const id = t.id();
  const run = t.startRuntime(["run", "--bundle", bundle.dir, id]);
  await run.sees("idle");
  succeeded("kill", await t.runtime(["kill", id, "KILL"]));
  assert.is((await run.closed).code, 128 + 9);
});

test("a program that faults gives 128 + the signal (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => args(config, "die", "11"));
  assert.is((await t.run(bundle)).code, 128 + 11);
});

for (const [name, number] of [
  ["SIGTERM", 15],
  ["SIGINT", 2],
  ["SIGHUP", 1],
  ["SIGUSR1", 10],
  ["SIGCONT", 18],
] as const) {
  test(`${name} to the runtime reaches the program (runtime.md#lifecycle)`, async (t) => {
    const bundle = t.bundle((config) => args(config, "signals"));
    const run = t.startRuntime(["run", "--bundle", bundle.dir, t.id()]);
    await run.sees("ready");
    run.child.kill(name);
    await run.sees(`signal ${number}\n`);
    if (name !== "SIGTERM") run.child.kill("SIGTERM");
    assert.is((await run.closed).code, 0);
  });
}

test("the container is deleted at the end (runtime.md#delete)", async (t) => {
  const bundle = t.bundle((config) => script(config, "true"));
  const id = t.id();
  succeeded("run", await t.runtime(["run", "--bundle", bundle.dir, id]));
  assert.is((await t.runtime(["state", id])).code, 1);
  assert.equal(existsSync(t.stateRoot) ? readdirSync(t.stateRoot) : [], []);
});

test("--keep leaves it stopped (runtime.md#delete)", async (t) => {
  const bundle = t.bundle((config) => script(config, "exit 3"));
  const id = t.id();
  assert.is((await t.runtime(["run", "--keep", "--bundle", bundle.dir, id])).code, 3);
  const state = JSON.parse((await t.runtime(["state", id])).stdout);
  assert.is(state.status, "stopped");
  succeeded("delete", await t.runtime(["delete", id]));
});

for (const flag of ["--detach", "-d"]) {
  test(`${flag} returns at once and the program goes on (runtime.md#lifecycle)`, async (t) => {
    const bundle = t.bundle((config) => args(config, "idle"));
    const id = t.id();
    const run = t.startRuntime(["run", flag, "--bundle", bundle.dir, id]);
    assert.is((await run.exited).code, 0);
    await run.sees("idle");
    const state = async () => JSON.parse((await t.runtime(["state", id])).stdout);
    assert.is((await state()).status, "running");
    succeeded("kill", await t.runtime(["kill", id, "TERM"]));
    await untilStopped(state);
  });
}

test("a program that can't be executed: code 1 and nothing kept (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.args = ["no-such-program"];
  });
  const result = await t.run(bundle);
  assert.is.not(result.code, 0);
  assert.match(messageOf(result), /exec: "no-such-program": executable file not found in \$PATH/);
});

test("create fails already for a program that is missing (runtime.md#create)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.args = ["/no/such/program"];
  });
  const id = t.id();
  const result = await t.runtime(["create", "--bundle", bundle.dir, id]);
  assert.is(result.code, 1);
  assert.match(
    messageOf(result),
    /exec: "\/no\/such\/program": stat \/no\/such\/program: no such file or directory/,
  );
  assert.is((await t.runtime(["state", id])).code, 1);
});

test("background processes of the container end with its first (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => script(config, "busybox sleep 100 & echo started"));
  assert.is(succeeded("run", await t.run(bundle)).stdout, "started\n");
});

test("--no-subreaper is accepted (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo ran"));
  assert.is(succeeded("run", await t.run(bundle, ["--no-subreaper"])).stdout, "ran\n");
});

test("a reader that goes away does not crash the runtime (runtime.md#lifecycle)", async (t) => {
  const bundle = t.bundle((config) => script(config, "read go; echo late; exit 5"));
  const run = t.startRuntime(["run", "--bundle", bundle.dir, t.id()], { stdin: "open" });
  run.child.stdout!.destroy();
  run.write("go\n");
  run.end();
  assert.ok((await run.exited).code !== null);
});

test.run();
