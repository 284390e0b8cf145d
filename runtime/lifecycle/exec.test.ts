import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EMPTY_PLAN, event, PID, syscallError, type World } from "../host/testing.ts";
import { type ExecRequest, execProgram, openContainer, waitForProgram } from "./exec.ts";
import { created, DIR, messageOf, type storeIn } from "./testing.ts";

const test = suite("lifecycle/exec");

const CONFIG_TEXT = JSON.stringify({
  process: { args: ["sh"], cwd: "/", env: null },
  linux: { seccomp: { listenerPath: "/agent" } },
});

function running(): { world: World; store: ReturnType<typeof storeIn> } {
  const { world, store } = created({ configText: CONFIG_TEXT });
  world.files.delete(`${DIR}/start`);
  return { world, store };
}

function requestIn(
  store: ReturnType<typeof storeIn>,
  more: Partial<ExecRequest> = {},
): ExecRequest {
  const container = openContainer(store, "c1", false);
  return { container, plan: EMPTY_PLAN, isForeground: true, isTraced: false, ...more };
}

test("openContainer() reads what was kept, absent properties included", () => {
  const { store } = running();
  const { config, target, status } = openContainer(store, "c1", false);
  assert.equal(config.process, { args: ["sh"], cwd: "/", user: { uid: 0, gid: 0 } });
  assert.is(status, "running");
  assert.equal([target.id, target.pid, target.startTime], ["c1", PID, 1000n]);
  assert.is(target.hasKeyring, false);
});

test("openContainer() refuses what is not there, stopped, or being created", () => {
  const { world, store } = running();
  assert.is(
    messageOf(() => openContainer(store, "other", false)),
    "container does not exist",
  );
  world.processes.clear();
  for (const ignorePaused of [false, true]) {
    assert.is(
      messageOf(() => openContainer(store, "c1", ignorePaused)),
      "cannot exec in a stopped container",
    );
  }
  const state = JSON.parse(world.files.get(`${DIR}/state.json`)!);
  world.files.set(`${DIR}/state.json`, JSON.stringify({ ...state, isReady: false }));
  world.locks.add(`${DIR}/lock`);
  assert.is(
    messageOf(() => openContainer(store, "c1", true)),
    "cannot exec in a container that is being created",
  );
});

test("openContainer() refuses a paused container unless that is to be ignored", () => {
  const { world, store } = running();
  const state = JSON.parse(world.files.get(`${DIR}/state.json`)!);
  const freezer = { root: "/c", path: "/x", file: "cgroup.freeze" };
  world.files.set(`${DIR}/state.json`, JSON.stringify({ ...state, freezer }));
  world.cgroupFiles.set("/c/x/cgroup.freeze", "1\n");
  assert.is(
    messageOf(() => openContainer(store, "c1", false)),
    "cannot exec in a paused container (use --ignore-paused to override)",
  );
  assert.is(openContainer(store, "c1", true).status, "paused");
});

test("execProgram() delivers before it lets go, and signals wait from then on", () => {
  const { world, store } = running();
  const request = requestIn(store, { pidFile: "/p", pidfdSocket: "/s", consoleSocket: "/t" });
  world.events.push(event("console", 5), event("ready"), event("exec"));
  const { launch, consoleFd } = execProgram(store, request);
  assert.is(consoleFd, -1);
  assert.equal(world.calls, [
    "prepare",
    "clone",
    "configure",
    "sendFds /t 5 /dev/ptmx",
    "closeFd 5",
    "sendFds /s 7 setns",
    "writeNew /p",
    "holdSignals",
    "go",
  ]);
  assert.is(world.files.get("/p"), String(PID));
  launch.close();
});

test("waitForProgram() gives the exit code, or 128 plus the signal", () => {
  for (const [end, code] of [
    [{ exitCode: 7 }, 7],
    [{ signal: 9 }, 137],
    [{}, 128],
  ] as const) {
    const { world, store } = running();
    world.events.push(event("console", 5), event("ready"), event("exec"));
    const executed = execProgram(store, requestIn(store));
    assert.is(executed.consoleFd, 5);
    world.end = end;
    assert.is(waitForProgram(store, executed), code);
    assert.equal(world.calls.slice(-3), [
      'supervise {"consoleFd":5,"signals":true,"subreaper":false,"isLast":true}',
      "close",
      "closeFd 5",
    ]);
  }
});

test("execProgram() hands the listener on, with the program's pid", () => {
  const { world, store } = running();
  const request = requestIn(store, { isForeground: false });
  world.events.push(event("listener", 6), event("ready"), event("exec"));
  execProgram(store, request);
  const sent = world.calls.find((call) => call.startsWith("sendFds /agent 6 "))!;
  const { pid, state } = JSON.parse(sent.slice("sendFds /agent 6 ".length));
  assert.equal([pid, state.status], [PID, "running"]);
  assert.not.ok(world.calls.includes("holdSignals"));
});

for (const [what, events, message] of [
  [
    "a program that is missing",
    [syscallError("lookPath", "ENOENT", { phase: "init", op: 0 })],
    'process.args[0]: exec: "sh": executable file not found in $PATH',
  ],
  ["a report out of turn", [event("barrier")], "the init reports barrier instead of what was due"],
  [
    "a program that is not executed",
    [event("console", 5), event("ready"), event("ready")],
    "the init reports ready instead of what was due",
  ],
] as const) {
  test(`execProgram() kills the init after ${what}`, () => {
    const { world, store } = running();
    const init = [{ op: "resolveProgram", at: "/process/args/0", name: "sh", search: "/bin" }];
    const request = requestIn(store, { plan: { ...EMPTY_PLAN, init } as never });
    world.events.push(...events);
    assert.is(
      messageOf(() => execProgram(store, request)),
      message,
    );
    assert.ok(world.calls.includes("abort"));
    assert.is(world.calls.includes("closeFd 5"), events.length === 3);
  });
}

const refusal = syscallError("clone3", "EBUSY", { phase: "clone" });

test("execProgram() goes where the first process is when the cgroup can't be entered", () => {
  const { world, store } = running();
  const plans: string[] = [];
  const { Launch } = world.host;
  const host = {
    ...world.host,
    Launch: class extends Launch {
      constructor(...[plan, options]: ConstructorParameters<typeof Launch>) {
        super(plan, options);
        plans.push(plan.sandbox.intoCgroup);
        if (plans.length > 1) world.failures.clear();
      }
    },
  };
  world.failures.set("clone", refusal);
  world.events.push(event("ready"), event("exec"));
  const request = requestIn(store, { fallback: () => "/sys/fs/cgroup/c/init", onStep: () => {} });
  execProgram({ ...store, host }, request);
  assert.equal(plans, ["", "/sys/fs/cgroup/c/init"]);
  assert.equal(world.calls.slice(0, 6), ["prepare", "clone", "abort", "close", "prepare", "clone"]);
});

test("execProgram() says why a cgroup can't be entered where there is no other", () => {
  const { world, store } = running();
  world.failures.set("clone", refusal);
  assert.match(
    messageOf(() => execProgram(store, requestIn(store, { fallback: () => undefined }))),
    /^cannot run a program in the container: clone3: EBUSY/,
  );
  const other = running();
  other.world.failures.set("clone", syscallError("setns", "EPERM", { phase: "clone" }));
  const request = requestIn(other.store, { fallback: () => "/other" });
  assert.match(
    messageOf(() => execProgram(other.store, request)),
    /^cannot run a program in the container: setns: EPERM/,
  );
});

test("execProgram() knows a container that ended meanwhile from one without memory", () => {
  const { world, store } = running();
  const request = requestIn(store);
  world.failures.set("clone", syscallError("clone3", "ENOMEM", { phase: "clone" }));
  assert.match(
    messageOf(() => execProgram(store, request)),
    /^cannot run a program in the container: clone3: ENOMEM/,
  );
  world.processes.delete(PID);
  assert.is(
    messageOf(() => execProgram(store, request)),
    "cannot exec in a stopped container",
  );
});

test("waitForProgram() ends a program that it can't wait for", () => {
  const { world, store } = running();
  world.events.push(event("ready"), event("exec"));
  const executed = execProgram(store, requestIn(store));
  world.failures.set("supervise", syscallError("poll", "ENOMEM"));
  assert.throws(
    () => waitForProgram(store, executed),
    /^cannot wait for the program: poll: ENOMEM/,
  );
  assert.equal(world.calls.slice(-2), ["abort", "close"]);
});

test.run();
