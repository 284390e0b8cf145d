// Creating a container, against a host in memory: which effects, in which order, and what a failure leaves.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EMPTY_PLAN, event, fakeWorld, PID, START_TIME, syscallError } from "../host/testing.ts";
import { createContainer } from "./create.ts";
import {
  CONFIG,
  created,
  DIR,
  effects,
  HOOKS,
  hookCalls,
  request,
  stateIn,
  storeIn,
} from "./testing.ts";

const test = suite("lifecycle/create");

test("createContainer() writes the state before the first side effect, and again as it learns more", () => {
  const world = fakeWorld();
  world.events.push(event("ready"));
  const made = createContainer(storeIn(world), request({ pidFile: "/pid", pidfdSocket: "/s" }));
  assert.equal(world.calls, [
    "makeDirs /run/trunc",
    `makeDir ${DIR}`,
    `writeText ${DIR}/state.json`,
    `writeText ${DIR}/config.json`,
    "prepare",
    "clone",
    "configure",
    `writeText ${DIR}/state.json`,
    "sendFds /s 7 standard",
    "writeNew /pid",
    `writeText ${DIR}/state.json`,
    "go",
  ]);
  assert.is(world.files.get("/pid"), "42");
  const { isReady, pid, startTime } = stateIn(world);
  assert.equal(
    { isReady, pid, startTime },
    { isReady: true, pid: PID, startTime: String(START_TIME) },
  );
  assert.equal(made.state, stateIn(world));
  assert.is(world.locks.size, 1, "the caller has the lock");
});

test("createContainer() tells the init to go on before it asks, where nothing is left to be done", () => {
  const world = fakeWorld();
  world.events.push(event("ready"));
  const compiled = { ...request().compiled, plan: EMPTY_PLAN };
  const made = createContainer(storeIn(world), request({ compiled }));
  const tail = ["clone", "configure", `writeText ${DIR}/state.json`, "go"];
  assert.equal(world.calls.slice(-tail.length), tail);
  assert.is(stateIn(world).isReady, true);
  assert.is(made.state.pid, PID);
});

test("createContainer() runs prestart, then createRuntime hooks at the barrier", () => {
  const world = fakeWorld();
  world.events.push(event("barrier"), event("ready"));
  createContainer(storeIn(world), request({ config: { ...CONFIG, hooks: HOOKS } }));
  assert.equal(hookCalls(world), ["/pre created 42", "/rt creating 42"]);
  assert.is(effects(world).filter((call) => call === "go").length, 2);
});

test("createContainer() undoes everything when a hook fails, then runs poststop", () => {
  const world = fakeWorld();
  world.events.push(event("barrier"));
  world.hookResult = ({ path }) => ({
    exitCode: path === "/rt" ? 1 : 0,
    signal: 0,
    timedOut: false,
    orphaned: false,
    stderr: "no",
  });
  assert.throws(
    () => createContainer(storeIn(world), request({ config: { ...CONFIG, hooks: HOOKS } })),
    (error: Error) => error.message === "hooks.createRuntime[0] /rt: exit 1: no",
  );
  assert.equal(
    world.calls.slice(-6).map((call) => call.split(" ")[0]),
    ["runHook", "abort", "close", "removeTree", "runHook", "runHook"],
  );
  assert.equal(hookCalls(world).slice(2), ["/stop stopped undefined", "/stop2 stopped undefined"]);
  assert.is(world.files.size, 0);
  assert.is(world.locks.size, 0);
});

const FAILURES: [step: string, error: Error, message: RegExp][] = [
  [
    "writeText",
    syscallError("write", "ENOSPC"),
    /^cannot write the state of container c1: write: ENOSPC/,
  ],
  [
    "prepare",
    syscallError("mkdir", "EACCES", { phase: "before", op: 0 }),
    /^cannot create the container: mkdir: EACCES/,
  ],
  [
    "clone",
    syscallError("clone3", "EAGAIN", { phase: "clone" }),
    /^cannot create the container: clone3: EAGAIN/,
  ],
  ["configure", syscallError("write", "EPERM", { phase: "after", op: 0 }), /write: EPERM/],
  ["writeNew", syscallError("open", "EEXIST"), /^cannot write the pid file \/pid: open: EEXIST/],
];

for (const [step, error, message] of FAILURES) {
  test(`createContainer() leaves nothing behind when ${step} fails`, () => {
    const world = fakeWorld();
    world.events.push(event("ready"));
    world.failures.set(step, error);
    assert.throws(() => createContainer(storeIn(world), request({ pidFile: "/pid" })), message);
    assert.is(world.files.size, 0);
    assert.is(world.locks.size, 0);
    assert.is(world.processes.size, 0);
  });
}

test("createContainer() says what the init reports, in the words that engines know", () => {
  const world = fakeWorld();
  world.events.push(syscallError("access", "ENOENT", { phase: "init", op: 0 }));
  assert.throws(
    () => createContainer(storeIn(world), request()),
    (error: Error) =>
      error.message === 'process.args[0]: exec: "sh": executable file not found in $PATH',
  );
});

test("createContainer() does not touch a container that is there", () => {
  const { world, store } = created();
  assert.throws(() => createContainer(store, request()), /^container with given ID already exists/);
  assert.ok(stateIn(world).isReady);
});

test("createContainer() keeps the state when the undoing fails, and says so", () => {
  const world = fakeWorld();
  world.events.push(syscallError("mount", "EPERM", { phase: "init", op: 9 }));
  world.failures.set("abort", new Error("cgroup /x is busy"));
  assert.throws(
    () => createContainer(storeIn(world), request()),
    /mount: EPERM .*; what could not be undone: cgroup \/x is busy$/,
  );
  assert.ok(world.files.has(`${DIR}/state.json`));
});

test("createContainer() hands the terminal to the console socket", () => {
  const world = fakeWorld();
  world.events.push(event("console", 5), event("ready"));
  const made = createContainer(storeIn(world), request({ consoleSocket: "/s" }));
  assert.equal(effects(world).slice(3, 5), ["sendFds /s 5 /dev/ptmx", "closeFd 5"]);
  assert.is(made.consoleFd, -1);
});

test("createContainer() gives the terminal to the caller without a socket, and closes it on failure", () => {
  const world = fakeWorld();
  world.events.push(event("console", 5), event("ready"));
  assert.is(createContainer(storeIn(world), request()).consoleFd, 5);

  const failing = fakeWorld();
  failing.events.push(event("console", 5), syscallError("execve", "ENOENT"));
  assert.throws(() => createContainer(storeIn(failing), request()));
  assert.ok(failing.calls.includes("closeFd 5"));
});

test("createContainer() sends the seccomp listener with the container's state", () => {
  const world = fakeWorld();
  world.events.push(event("listener", 6), event("ready"));
  const seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    listenerPath: "/agent",
    listenerMetadata: "m",
  } as const;
  createContainer(storeIn(world), request({ config: { ...CONFIG, linux: { seccomp } } }));
  const [call] = world.calls.filter((call) => call.startsWith("sendFds"));
  assert.is(
    call,
    'sendFds /agent 6 {"ociVersion":"1.3.0","fds":["seccompFd"],"pid":42,"metadata":"m",' +
      '"state":{"ociVersion":"1.3.0","id":"c1","status":"creating","pid":42,"bundle":"/b"}}',
  );
  assert.ok(world.calls.includes("closeFd 6"));
});

test("createContainer() refuses a listener that nobody waits for", () => {
  const world = fakeWorld();
  world.events.push(event("listener", 6));
  assert.throws(() => createContainer(storeIn(world), request()), /listenerPath is needed/);
  assert.ok(world.calls.includes("closeFd 6"));
});

test("createContainer() does not let the init run ahead", () => {
  const world = fakeWorld();
  world.events.push(event("exec"));
  assert.throws(() => createContainer(storeIn(world), request()), /before it was told to/);
});

test("createContainer() tells its steps", () => {
  const steps: string[] = [];
  created({ onStep: (step) => void steps.push(step) });
  assert.equal(steps.slice(-2), ["configure the init", "the init reports: ready"]);
});

test("createContainer() waits as long as hooks in the container may take", () => {
  const world = fakeWorld();
  const waits: number[] = [];
  class Waiting extends world.host.Launch {
    override receive = (timeoutMs: number) => {
      waits.push(timeoutMs);
      return event("ready");
    };
  }
  const store = { ...storeIn(world), host: { ...world.host, Launch: Waiting } };
  const withHooks = (...timeouts: number[]) => {
    const init = timeouts.map((timeoutMs) => ({ op: "hook", at: "", timeoutMs }));
    const compiled = { ...request().compiled, plan: { ...EMPTY_PLAN, init: init as never } };
    createContainer(store, request({ compiled })).lock.close();
    world.files.clear();
  };
  withHooks();
  withHooks(1000, 2000);
  withHooks(1000, 0);
  assert.equal(waits, [120_000, 123_000, 0]);
});

test("createContainer() makes the notify directory, and listens where the program starts at once", () => {
  const calls = (more: object) => {
    const world = fakeWorld();
    world.events.push(event("ready"));
    const { notify } = createContainer(storeIn(world), request({ notify: "/n", ...more }));
    return { notify, calls: world.calls.filter((call) => /notify|\/n/i.test(call)) };
  };
  assert.equal(calls({}).calls, ["makeDir /n"]);
  const { notify, ...run } = calls({ manager: "/m" });
  assert.equal(run.calls, ["makeDir /n", "Notify /n/notify.sock /m"]);
  assert.ok(notify);
});

test("createContainer() closes the notify socket when something fails", () => {
  const world = fakeWorld();
  world.failures.set("clone", syscallError("clone3", "EAGAIN"));
  assert.throws(() => createContainer(storeIn(world), request({ notify: "/n", manager: "/m" })));
  assert.ok(world.calls.includes("Notify.close"));
  world.files.clear();
  world.failures.set("Notify", syscallError("bind", "EACCES"));
  assert.throws(
    () => createContainer(storeIn(world), request({ notify: "/n", manager: "/m" })),
    /^cannot listen for the container's readiness: bind: EACCES/,
  );
});

test.run();
