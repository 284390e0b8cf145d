// Killing and deleting a container, and seeing how it is, against a host in memory.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { event, fakeWorld, PID, START_TIME, syscallError, type World } from "../host/testing.ts";
import { createContainer } from "./create.ts";
import { deleteContainer, deleteOwn } from "./delete.ts";
import { killContainer } from "./kill.ts";
import { observe } from "./observe.ts";
import { pauseContainer, resumeContainer } from "./pause.ts";
import { startContainer } from "./start.ts";
import {
  CGROUP,
  CONFIG,
  created,
  DIR,
  HOOKS,
  hookCalls,
  request,
  stateIn,
  storeIn,
} from "./testing.ts";

const test = suite("lifecycle/end");

test("killContainer() signals the first process", () => {
  const { world, store } = created();
  killContainer(store, "c1", 15, false);
  assert.equal(world.calls, ["signal 42 15"]);
  killContainer(store, "c1", 9, false);
  assert.throws(() => killContainer(store, "c1", 15, false), /^container not running$/);
  assert.throws(() => killContainer(store, "c2", 15, false), /^container does not exist$/);
});

test("killContainer() signals all processes where asked, or where there is no pid namespace", () => {
  const { world, store } = created();
  killContainer(store, "c1", 15, true);
  assert.equal(world.calls, ["killCgroup /c/x 15"]);
  const shared = created({ config: { ...CONFIG, linux: {} } });
  killContainer(shared.store, "c1", 9, false);
  assert.equal(shared.world.calls, ["killCgroup /c/x 9"]);
  killContainer(shared.store, "c1", 15, false);
  assert.equal(shared.world.calls.slice(1), ["signal 42 15"]);
});

test("killContainer() --all of a stopped container without cgroups is no error", () => {
  const compiled = { ...request().compiled };
  const { processes, ...bare } = compiled;
  const { world, store } = created({ compiled: bare });
  world.processes.clear();
  killContainer(store, "c1", 9, true);
  assert.equal(world.calls, ["signal 42 9"]);
});

const FREEZER = { ...CGROUP, file: "freezer.state" };

test("killContainer() thaws what it kills, on v1", () => {
  const { world, store } = created({ compiled: { ...request().compiled, freezer: FREEZER } });
  world.cgroupFiles.set("/c/x/freezer.state", "FROZEN\n");
  assert.is(observe(store, stateIn(world)), "paused");
  killContainer(store, "c1", 15, false);
  assert.equal(world.calls, ["signal 42 15"]);
  killContainer(store, "c1", 9, false);
  assert.equal(world.calls.slice(1), ["signal 42 9", "writeCgroup /c/x/freezer.state THAWED"]);
  world.cgroupFiles.set("/c/x/freezer.state", "THAWED\n");
  world.processes.set(PID, START_TIME);
  killContainer(store, "c1", 9, false);
  assert.is(world.calls.at(-1), "signal 42 9");
});

test("observe() knows v2's freezer, and a pid that was used again", () => {
  const { world, store } = created({
    compiled: { ...request().compiled, freezer: { ...CGROUP, file: "cgroup.freeze" } },
  });
  world.cgroupFiles.set("/c/x/cgroup.freeze", "1\n");
  assert.is(observe(store, stateIn(world)), "paused");
  world.cgroupFiles.set("/c/x/cgroup.freeze", "0\n");
  assert.is(observe(store, stateIn(world)), "created");
  world.processes.set(PID, START_TIME + 1n);
  assert.is(observe(store, stateIn(world)), "stopped");
});

test("deleteContainer() removes a stopped container and runs poststop hooks", () => {
  const { world, store } = created({ config: { ...CONFIG, hooks: HOOKS } });
  world.processes.clear();
  assert.equal(deleteContainer(store, "c1", false), { warnings: [] });
  assert.equal(world.calls.slice(0, 2), ["removeCgroups /c/x", `removeTree ${DIR}`]);
  assert.equal(hookCalls(world), ["/stop stopped undefined", "/stop2 stopped undefined"]);
  assert.is(world.files.size, 0);
  assert.is(world.locks.size, 0);
});

test("deleteContainer() tells of poststop hooks that failed, and goes on", () => {
  const { world, store } = created({ config: { ...CONFIG, hooks: HOOKS } });
  world.processes.clear();
  world.hookResult = ({ path }) => ({
    exitCode: path === "/stop" ? 1 : 0,
    signal: 0,
    timedOut: false,
    orphaned: false,
    stderr: "",
  });
  assert.equal(deleteContainer(store, "c1", false).warnings, ["hooks.poststop[0] /stop: exit 1"]);
  assert.is(hookCalls(world).length, 2);
});

test("deleteContainer() kills a container that was never started", () => {
  const { world, store } = created();
  deleteContainer(store, "c1", false);
  assert.equal(world.calls, ["signal 42 9", "removeCgroups /c/x", `removeTree ${DIR}`]);
});

test("deleteContainer() refuses a running container unless forced", () => {
  const { world, store } = created({ config: { ...CONFIG, linux: {} } });
  startContainer(store, "c1");
  assert.throws(
    () => deleteContainer(store, "c1", false),
    (error: Error) => error.message === "cannot delete container c1 that is not stopped: running",
  );
  world.calls.length = 0;
  deleteContainer(store, "c1", true);
  assert.equal(world.calls, [
    "signal 42 9",
    "killCgroup /c/x 9",
    "removeCgroups /c/x kill",
    `removeTree ${DIR}`,
  ]);
});

test("deleteContainer() is content, if forced, when another one was faster", () => {
  const { world, store } = created();
  const lock = (path: string, timeoutMs: number) => {
    const held = world.host.lock(path, timeoutMs);
    world.host.removeTree(DIR);
    return held;
  };
  const late = { ...store, host: { ...world.host, lock } };
  assert.equal(deleteContainer(late, "c1", true), { warnings: [] });
  assert.is(world.locks.size, 0);
});

/** A container that another command is still creating, which ends once its first process does. */
function beingCreated() {
  const { world, store } = created();
  const path = `${DIR}/state.json`;
  world.files.set(path, world.files.get(path)!.replace('"isReady":true', '"isReady":false'));
  const creator = world.host.lock(`${DIR}/lock`, 0);
  const lock = (place: string, timeoutMs: number) => {
    if (!world.processes.has(42)) creator.close();
    return world.host.lock(place, timeoutMs);
  };
  return { world, store: { ...store, host: { ...world.host, lock } } };
}

test("deleteContainer() ends a creation under its command, if forced", () => {
  const { world, store } = beingCreated();
  assert.throws(
    () => deleteContainer(store, "c1", false),
    /^cannot delete container c1 that is not stopped: creating$/,
  );
  world.calls.length = 0;
  deleteContainer(store, "c1", true);
  assert.is(world.calls[0], "signal 42 9");
  assert.is(world.files.size, 0);
});

test("commands for containers that are made are refused while one is created", () => {
  const { store } = beingCreated();
  const refused = (command: () => void) => messageOf(command);
  assert.is(
    refused(() => startContainer(store, "c1")),
    "cannot start a container in the creating state",
  );
  assert.is(
    refused(() => pauseContainer(store, "c1")),
    "container not running: it is still being created",
  );
  assert.is(
    refused(() => resumeContainer(store, "c1")),
    "container not paused: it is still being created",
  );
});

function messageOf(command: () => void): string {
  try {
    command();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was not refused");
}

test("deleteContainer() gives up on a process that does not die", () => {
  const { world, store } = created();
  world.isMortal = false;
  assert.throws(() => deleteContainer(store, "c1", true), /^container init still running$/);
  assert.ok(world.files.has(`${DIR}/state.json`));
  assert.is(world.locks.size, 0);
});

test("deleteContainer() of a missing container", () => {
  const store = storeIn(fakeWorld());
  assert.equal(deleteContainer(store, "c1", true), { warnings: [] });
  assert.throws(() => deleteContainer(store, "c1", false), /^container does not exist$/);
});

test("deleteContainer() says what could not be removed, and keeps the state", () => {
  const { world, store } = created();
  world.failures.set("removeCgroups", syscallError("rmdir", "EBUSY", { text: "/c/x" }));
  assert.throws(
    () => deleteContainer(store, "c1", true),
    /^cannot remove the cgroups of container c1: rmdir: EBUSY .*\/c\/x$/,
  );
  assert.ok(world.files.has(`${DIR}/state.json`));
});

test("a container whose creation was killed can be deleted, wherever it stopped", () => {
  for (const last of ["makeDir", "writeText", "prepare", "clone", "configure", "go"]) {
    const world = fakeWorld();
    const store = storeIn(world);
    world.events.push(event("ready"));
    // What a killed process leaves: no undoing, no lock, and perhaps an init.
    const killed = new Error("killed");
    const host = { ...world.host, removeTree: () => {}, Launch: undying(world) };
    world.failures.set(last === "makeDir" ? `writeText ${DIR}/state.json` : last, killed);
    try {
      createContainer({ ...store, host }, request());
    } catch {
      // as arranged
    }
    world.failures.clear();
    world.locks.clear();
    // An init whose pid was not written yet waits for us, and ends with the socket.
    if (last === "configure") world.processes.clear();
    if (last === "go") world.files.set(`${DIR}/start`, "");
    const status = world.files.has(`${DIR}/state.json`)
      ? observe(store, stateIn(world))
      : "stopped";
    assert.is(status, last === "go" ? "created" : "stopped", last);
    deleteContainer(store, "c1", false);
    assert.is(world.files.size, 0, last);
    assert.is(world.processes.size, 0, last);
  }
});

/** A launch whose abort does nothing. */

function undying(world: World): World["host"]["Launch"] {
  return class extends world.host.Launch {
    override abort = () => {};
  };
}

test("observe() says creating while the creation is at work", () => {
  const world = fakeWorld();
  const store = storeIn(world);
  const seen: string[] = [];
  world.events.push(event("barrier"), event("ready"));
  world.hookResult = () => {
    seen.push(observe(store, stateIn(world)));
    return { exitCode: 0, signal: 0, timedOut: false, orphaned: false, stderr: "" };
  };
  createContainer(
    store,
    request({ config: { ...CONFIG, hooks: { createRuntime: [{ path: "/r" }] } } }),
  );
  assert.equal(seen, ["creating"]);
});

test("deleteContainer() --force removes a damaged state, and warns", () => {
  const { world, store } = created();
  world.files.set(`${DIR}/state.json`, "{");
  assert.throws(() => deleteContainer(store, "c1", false), /is damaged or of another version$/);
  assert.match(
    deleteContainer(store, "c1", true).warnings[0] ?? "",
    /processes and cgroups may be left$/,
  );
  assert.is(world.files.size, 0);
});

test("deleteContainer() --force ends a command that hangs on the container", () => {
  const { world, store } = created();
  world.locks.add(`${DIR}/lock`);
  const host = {
    ...world.host,
    signal: (pid: number, startTime: number | bigint, signal: number) => {
      world.locks.clear(); // the hanging command notices, and ends
      return world.host.signal(pid, startTime, signal);
    },
  };
  deleteContainer({ ...store, host }, "c1", true);
  assert.is(world.files.size, 0);
});

test("deleteContainer() --force says so when that command does not end", () => {
  const { world, store } = created();
  world.locks.add(`${DIR}/lock`);
  assert.throws(
    () => deleteContainer(store, "c1", true),
    /^container c1 was killed, but another command is still at work on it$/,
  );
  assert.is(world.processes.size, 0);
});

test("deleteContainer() --force leaves that command to a poststart hook", () => {
  const { world, store } = created();
  const poststart = [{ path: "/hangs" }];
  world.files.set(`${DIR}/state.json`, JSON.stringify({ ...stateIn(world), poststart }));
  world.locks.add(`${DIR}/lock`);
  deleteContainer(store, "c1", true);
  assert.is(world.processes.size, 0);
  assert.is(world.files.size, 0);
});

test("deleteOwn() leaves what has the id by now alone, whatever has its lock", () => {
  const { world, store } = created();
  const own = stateIn(world);
  const other = JSON.stringify({ ...own, startTime: "77" });
  for (const isLocked of [false, true]) {
    world.files.set(`${DIR}/state.json`, other);
    if (isLocked) world.locks.add(`${DIR}/lock`);
    assert.equal(deleteOwn(store, own), { warnings: [] });
    assert.is(world.files.get(`${DIR}/state.json`), other);
    assert.is(world.processes.size, 1);
  }
  world.locks.clear();
  world.files.delete(`${DIR}/state.json`);
  deleteOwn(store, own);
  assert.ok(world.calls.every((call) => !call.startsWith("removeCgroups")));
});

test("deleteOwn() says so when it can't remove all of its own", () => {
  const { world, store } = created();
  const own = stateIn(world);
  const { removeTree } = world.host;
  const host = {
    ...world.host,
    removeTree: (path: string) => {
      removeTree(`${path}/state.json`);
      throw syscallError("unlinkat", "ENOSPC");
    },
  };
  assert.throws(() => deleteOwn({ ...store, host }, own), /^cannot remove the state.*ENOSPC/);
});

test("deleteContainer() refuses a container that is being created, at once", () => {
  const { world, store } = created();
  const early = { ...stateIn(world), isReady: false };
  world.files.set(`${DIR}/state.json`, JSON.stringify(early));
  world.locks.add(`${DIR}/lock`);
  assert.throws(
    () => deleteContainer(store, "c1", false),
    /^cannot delete container c1 that is not stopped: creating$/,
  );
  world.files.set(`${DIR}/state.json`, JSON.stringify({ ...early, isReady: true }));
  assert.throws(() => deleteContainer(store, "c1", false), /^another command has been working/);
});

test("a defect while deleting is passed on", () => {
  const { world, store } = created();
  world.failures.set(`readText ${DIR}/state.json`, new TypeError("defect"));
  assert.throws(() => deleteContainer(store, "c1", true), /^defect$/);
});

test.run();
