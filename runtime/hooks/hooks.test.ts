import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOOK_NAMES } from "../../schemas/names.ts";
import type { HookResult, HookRun, Plan } from "../host/host.ts";
import { fakeWorld, HOOK_DONE, syscallError } from "../host/testing.ts";
import type { OciState } from "../lifecycle/state.ts";
import { HOOK_KINDS, hooksAt } from "./order.ts";
import { problemOf, runHooks } from "./run.ts";

const test = suite("hooks");

const HOOKS = {
  prestart: [{ path: "/p0" }],
  createRuntime: [{ path: "/r0" }, { path: "/r1" }, { path: "/r2" }],
  createContainer: [{ path: "/c0" }],
  poststop: [{ path: "/s0" }],
};
const STATE: OciState = {
  ociVersion: "1.3.0",
  id: "c1",
  status: "creating",
  pid: 42,
  bundle: "/b",
};

test("HOOK_KINDS has every kind of the specification, in its order", () => {
  assert.equal(
    HOOK_KINDS.map(({ name }) => name),
    [...HOOK_NAMES],
  );
});

test("hooksAt() gives the runtime's hooks of a moment, in order, with their place", () => {
  const titles = (moment: Parameters<typeof hooksAt>[0]) =>
    hooksAt(moment, HOOKS).map(({ title }) => title);
  assert.equal(titles("environment made"), ["hooks.prestart[0] /p0"]);
  assert.equal(titles("before pivot"), [
    "hooks.createRuntime[0] /r0",
    "hooks.createRuntime[1] /r1",
    "hooks.createRuntime[2] /r2",
  ]);
  assert.equal(
    hooksAt("before exec", { startContainer: [{ path: "/e" }] }),
    [],
    "the init runs those",
  );
  assert.equal(titles("after start"), []);
  assert.equal(titles("after delete"), ["hooks.poststop[0] /s0"]);
  assert.equal(hooksAt("after delete", undefined), []);
});

test("runHooks() gives exactly what the config says, and the state", () => {
  const world = fakeWorld();
  const runs: HookRun[] = [];
  world.hookResult = (hook) => {
    runs.push(hook);
    return { exitCode: 0, signal: 0, timedOut: false, orphaned: false, stderr: "noise" };
  };
  const hooks = [{ path: "/a", args: ["a", "-x"], env: ["K=v"], timeout: 3 }, { path: "/b" }];
  runHooks(world.host, hooksAt("after start", { poststart: hooks }), STATE, "/b");
  const stdin = '{"ociVersion":"1.3.0","id":"c1","status":"creating","pid":42,"bundle":"/b"}';
  assert.equal(runs, [
    { path: "/a", args: ["a", "-x"], env: ["K=v"], stdin, cwd: "/b", timeoutMs: 3000 },
    { path: "/b", args: ["/b"], env: [], stdin, cwd: "/b", timeoutMs: 0 },
  ]);
});

test("runHooks() stops at the first failure and names it", () => {
  const world = fakeWorld();
  world.hookResult = ({ path }) => ({
    exitCode: path === "/r1" ? 3 : 0,
    signal: 0,
    timedOut: false,
    orphaned: false,
    stderr: "one\ntwo\n",
  });
  assert.throws(
    () => runHooks(world.host, hooksAt("before pivot", HOOKS), STATE, "/b"),
    (error: Error) => error.message === "hooks.createRuntime[1] /r1: exit 3: two",
  );
  assert.is(world.calls.length, 2, "the third hook did not run");
});

test("runHooks() says why a hook did not start", () => {
  const world = fakeWorld();
  const hooks = hooksAt("after delete", HOOKS);
  world.failures.set("runHook", syscallError("execve", "ENOENT"));
  assert.throws(
    () => runHooks(world.host, hooks, STATE, "/b"),
    (error: Error) =>
      error.message === "hooks.poststop[0] /s0: execve: ENOENT (no such file or directory)",
  );
  world.failures.set("runHook", new TypeError("defect"));
  assert.throws(() => runHooks(world.host, hooks, STATE, "/b"), /^defect$/);
});

test("runHooks() asks for nothing without hooks", () => {
  const world = fakeWorld();
  runHooks(world.host, [], STATE, "/b");
  assert.equal(world.calls, []);
});

test("runHooks() says of what the init ended under a hook", () => {
  const world = fakeWorld();
  world.hookResult = () => ({ ...HOOK_DONE, signal: 9, orphaned: true });
  const failing = (error: Error) => () => {
    world.events.push(error);
    const launch = new world.host.Launch({} as Plan, { trace: false });
    runHooks(world.host, hooksAt("before pivot", HOOKS), STATE, "/b", launch);
  };
  const killed = "hooks.createRuntime[0] /r0: killed, for the container's first process has ended";
  assert.throws(failing(syscallError("read", "ENOSPC")), (error: Error) =>
    error.message.startsWith(`${killed} meanwhile: read: ENOSPC`),
  );
  assert.throws(
    failing(new Error("container init was killed by signal 9")),
    (error: Error) =>
      error.message === `${killed} meanwhile: container init was killed by signal 9`,
  );
});

const ENDS: [result: Partial<HookResult>, problem: string | undefined][] = [
  [{}, undefined],
  [{ stderr: "a warning" }, undefined],
  [{ exitCode: 1 }, "exit 1"],
  [{ exitCode: 1, stderr: "\n  why \n\n" }, "exit 1: why"],
  [{ signal: 9 }, "killed by signal 9"],
  [{ signal: 9, orphaned: true }, "killed, for the container's first process has ended meanwhile"],
  [{ signal: 9, timedOut: true, stderr: "slow" }, "still running after 2 s, killed: slow"],
];
for (const [result, problem] of ENDS) {
  test(`problemOf() says ${problem}`, () => {
    const whole = {
      exitCode: 0,
      signal: 0,
      timedOut: false,
      orphaned: false,
      stderr: "",
      ...result,
    };
    assert.is(problemOf(whole, 2000), problem);
  });
}

test.run();
