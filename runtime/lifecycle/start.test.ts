// Starting and running a container, against a host in memory.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { event, fakeWorld, HOOK_DONE, syscallError } from "../host/testing.ts";
import { observe } from "./observe.ts";
import { runCreated, waitInForeground } from "./run.ts";
import { startContainer } from "./start.ts";
import { stepsOf } from "./syscall-error.ts";
import {
  CONFIG,
  created,
  DIR,
  effects,
  HOOKS,
  hookCalls,
  PLAN,
  stateIn,
  storeIn,
} from "./testing.ts";

const test = suite("lifecycle/start");

test("startContainer() releases the init, then runs poststart hooks", () => {
  const { world, store } = created({ config: { ...CONFIG, hooks: HOOKS } });
  assert.is(observe(store, stateIn(world)), "created");
  startContainer(store, "c1");
  assert.is(world.calls[0], `start ${DIR} 42`);
  assert.equal(hookCalls(world), ["/post running 42"]);
  assert.is(observe(store, stateIn(world)), "running");
  assert.is(world.locks.size, 0);
  assert.throws(() => startContainer(store, "c1"), /^cannot start an already running container$/);
});

test("startContainer() stops the container when a poststart hook fails", () => {
  const { world, store } = created({ config: { ...CONFIG, hooks: HOOKS } });
  world.hookResult = () => ({ ...HOOK_DONE, exitCode: 1 });
  assert.throws(() => startContainer(store, "c1"), /^hooks\.poststart\[0\] \/post: exit 1$/);
  assert.is(observe(store, stateIn(world)), "stopped");
  assert.throws(() => startContainer(store, "c1"), /^cannot start a container that has stopped$/);
});

test("startContainer() names the step that failed, though the plan is gone", () => {
  const { world, store } = created();
  world.failures.set("start", syscallError("execve", "ENOEXEC", { phase: "init", op: 3 }));
  assert.throws(
    () => startContainer(store, "c1"),
    /^process\.args \(sh\): execve: ENOEXEC \(exec format error\)$/,
  );
  world.failures.set("start", syscallError("open", "ENOENT"));
  assert.throws(() => startContainer(store, "c1"), /^cannot start the container: open: ENOENT/);
});

test("startContainer() needs a container", () => {
  assert.throws(() => startContainer(storeIn(fakeWorld()), "c1"), /^container does not exist$/);
});

test("runCreated() waits for the program, then runs poststart hooks and frees the lock", () => {
  const { world, store, made } = created({ config: { ...CONFIG, hooks: HOOKS } });
  world.events.push(event("exec"));
  runCreated(store, made, stepsOf(PLAN));
  assert.equal(hookCalls(world), ["/post running 42"]);
});

test("runCreated() deletes the container when the program can't be executed", () => {
  const { world, store, made } = created({ config: { ...CONFIG, hooks: HOOKS } });
  world.events.push(syscallError("execve", "EACCES", { phase: "init", op: 3 }));
  assert.throws(
    () => runCreated(store, made, stepsOf(PLAN)),
    /^process\.args \(sh\): execve: EACCES \(permission denied\)/,
  );
  assert.equal(hookCalls(world), ["/stop stopped undefined", "/stop2 stopped undefined"]);
  assert.is(world.files.size, 0);
});

test("runCreated() deletes the container when a poststart hook fails", () => {
  const { world, store, made } = created({
    config: { ...CONFIG, hooks: { poststart: HOOKS.poststart! } },
  });
  world.events.push(event("exec"));
  world.hookResult = () => ({ ...HOOK_DONE, exitCode: 2 });
  assert.throws(
    () => runCreated(store, made, stepsOf(PLAN)),
    /^hooks\.poststart\[0\] \/post: exit 2$/,
  );
  assert.is(world.files.size, 0);
  assert.is(world.processes.size, 0);
});

test("runCreated() knows a report out of turn", () => {
  const { world, store, made } = created();
  world.events.push(event("ready"));
  assert.throws(() => runCreated(store, made, stepsOf(PLAN)), /the init reports ready/);
});

const ENDS: [end: { exitCode?: number; signal?: number }, exitCode: number][] = [
  [{ exitCode: 0 }, 0],
  [{ exitCode: 3 }, 3],
  [{ signal: 15 }, 143],
  [{}, 128],
];

for (const [end, exitCode] of ENDS) {
  test(`waitInForeground() turns ${JSON.stringify(end)} into ${exitCode}`, () => {
    const { world, store, made } = created();
    world.end = end;
    const outcome = waitInForeground(store, made, { isSubreaper: true, isKept: false });
    assert.equal(outcome, { exitCode, warnings: [] });
    assert.equal(world.calls.slice(0, 2), [
      'supervise {"consoleFd":-1,"signals":true,"subreaper":true,"isLast":false}',
      "close",
    ]);
    assert.is(world.files.size, 0);
  });
}

for (const isKept of [false, true]) {
  test(`waitInForeground() ends a program that it can't wait for (isKept: ${isKept})`, () => {
    const { world, store, made } = created();
    world.failures.set("supervise", syscallError("poll", "ENOMEM"));
    assert.throws(
      () => waitInForeground(store, made, { isSubreaper: false, isKept }),
      /^cannot wait for the container's program: poll: ENOMEM/,
    );
    assert.is(world.calls[1], "abort");
    assert.is(world.files.size === 0, !isKept);
    assert.ok(world.calls.includes("close"));
  });
}

test("waitInForeground() can keep the container", () => {
  const { world, store, made } = created();
  waitInForeground(store, made, { isSubreaper: false, isKept: true });
  assert.is(observe(store, stateIn(world)), "stopped");
});

test("startContainer() waits for readiness where the container was made for it", () => {
  const { world, store } = created({ notify: "/n" });
  startContainer(store, "c1", "/m");
  assert.equal(effects(world), [
    "Notify /n/notify.sock /m",
    `start ${DIR} 42`,
    "Notify.waitFor 42",
  ]);
  const other = created();
  startContainer(other.store, "c1", "/m");
  assert.equal(effects(other.world), [`start ${DIR} 42`]);
});

test("startContainer() and runCreated() close the notify socket when the program can't be executed", () => {
  const { world, store } = created({ notify: "/n" });
  world.failures.set("start", syscallError("execve", "ENOENT"));
  assert.throws(() => startContainer(store, "c1", "/m"));
  assert.ok(world.calls.includes("Notify.close"));
  const run = created({ notify: "/n", manager: "/m" });
  run.world.events.push(syscallError("execve", "ENOENT"));
  assert.throws(() => runCreated(run.store, run.made, stepsOf(PLAN)));
  assert.ok(run.world.calls.includes("Notify.close"));
});

test("waitInForeground() hears of readiness and closes the terminal", () => {
  const { world, store, made } = created({ notify: "/n", manager: "/m" });
  const withTerminal = { ...made, consoleFd: 5 };
  waitInForeground(store, withTerminal, { isSubreaper: true, isKept: false });
  assert.match(world.calls[0] ?? "", /^supervise .*"consoleFd":5.* with notify$/);
  assert.ok(world.calls.includes("closeFd 5"));
});

test.run();
