import { suite } from "uvu";
import * as assert from "uvu/assert";
import { event, PID, syscallError, type World } from "../host/testing.ts";
import { CRIU_VERSION, criuFailure } from "../host/testing-criu.ts";
import { FACTS } from "../host/testing-facts.ts";
import { NO_DUMP_WISHES } from "../plan/criu/testing.ts";
import type { DumpWishes } from "../plan/criu/wishes.ts";
import { type CheckpointRequest, checkpointContainer } from "./checkpoint.ts";
import { versionText } from "./criu.ts";
import { CGROUP, created, DIR, effects, messageOf, type storeIn } from "./testing.ts";

const test = suite("lifecycle/checkpoint");

const CONFIG_TEXT = JSON.stringify({
  ociVersion: "1.3.0",
  process: { args: ["sh"], cwd: "/", user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  linux: {
    namespaces: [{ type: "mount" }, { type: "network", path: "/run/netns/a" }],
    maskedPaths: ["/proc/kcore"],
  },
});

/** A running container, and a CRIU that starts and tells its version. */
function running(): { world: World; store: ReturnType<typeof storeIn> } {
  const { world, store } = created({ configText: CONFIG_TEXT });
  world.files.delete(`${DIR}/start`);
  world.files.set(`/proc/${PID}/fd/1`, "pipe:[7]");
  world.files.set(`/proc/${PID}/ns/net`, "net:[11]");
  world.events.push(event("ready"), event("exec"));
  world.criu.events.push(CRIU_VERSION);
  return { world, store };
}

function request(
  wishes: Partial<DumpWishes> = {},
  more: Partial<CheckpointRequest> = {},
): CheckpointRequest {
  return {
    id: "c1",
    wishes: { ...NO_DUMP_WISHES, ...wishes },
    images: "/i",
    search: "/sbin",
    facts: FACTS,
    ...more,
  };
}

test("checkpointContainer() writes the streams down, has CRIU dump, and deletes the container", () => {
  const { world, store } = running();
  world.criu.events.push({ script: "post-dump" }, { kind: "done" });
  const steps: string[] = [];
  const { warnings } = checkpointContainer(
    store,
    request({}, { work: "/w", onStep: (step) => steps.push(step) }),
  );
  assert.equal(warnings, []);
  assert.equal(steps, ["CRIU: post-dump"]);
  assert.is(world.files.get("/i/descriptors.json"), '["","pipe:[7]",""]');
  assert.ok(world.calls.includes("criu order dump /i /w"));
  const { pid, external, extMnt, freezeCgroup } = world.criu.options!;
  assert.equal([pid, external, freezeCgroup], [PID, ["net[11]:extRootNetNS"], undefined]);
  assert.equal(extMnt, [{ key: "/proc/kcore", value: "/dev/null" }]);
  assert.not.ok(world.files.has(`${DIR}/state.json`));
  assert.ok(effects(world).includes(`removeCgroups ${CGROUP.root}${CGROUP.path}`));
  assert.is(world.locks.size, 0);
});

test("checkpointContainer() leaves the container where it is asked to", () => {
  for (const wishes of [{ leaveRunning: true }, { preDump: true }]) {
    const { world, store } = running();
    if (wishes.preDump === true) world.criu.events.push({ kind: "done", memTrack: true });
    world.criu.events.push({ kind: "done" });
    checkpointContainer(store, request(wishes));
    assert.ok(world.files.has(`${DIR}/state.json`));
    assert.is(world.files.has("/i/descriptors.json"), wishes.preDump !== true);
  }
});

test("checkpointContainer() has CRIU freeze by the container's freezer", () => {
  const { world, store } = running();
  const state = JSON.parse(world.files.get(`${DIR}/state.json`)!);
  const freezer = { root: "/f", path: "/x", file: "freezer.state" };
  world.files.set(`${DIR}/state.json`, JSON.stringify({ ...state, freezer, notify: "/n" }));
  world.criu.events.push({ kind: "done" });
  checkpointContainer(store, request({ leaveRunning: true }));
  assert.is(world.criu.options?.freezeCgroup, "/f/x");
  assert.ok(world.criu.options?.extMnt.some(({ value }) => value === "/run/notify"));
});

test("checkpointContainer() tells when pages can be had", () => {
  const { world, store } = running();
  const there = { kind: "done" as const, lazyPages: true };
  world.criu.events.push(there, { script: "status-ready" }, { kind: "done" });
  checkpointContainer(
    store,
    request({ lazyPages: true, leaveRunning: true }, { statusFile: "/fd/5" }),
  );
  assert.is(world.files.get("/fd/5"), "\0");

  const again = running();
  again.world.failures.set("appendText", syscallError("write", "EPIPE"));
  again.world.criu.events.push(there, { script: "status-ready" });
  const message = messageOf(() =>
    checkpointContainer(again.store, request({ lazyPages: true }, { statusFile: "/fd/5" })),
  );
  assert.match(message, "--status-fd");
  const silent = running();
  silent.world.criu.events.push(there, { script: "status-ready" }, { kind: "done" });
  checkpointContainer(silent.store, request({ lazyPages: true }));
});

test("checkpointContainer() says what CRIU lacks", () => {
  const { world, store } = running();
  world.criu.events.push({ kind: "done" });
  assert.match(
    messageOf(() => checkpointContainer(store, request({ preDump: true, lazyPages: true }))),
    /^criu is missing features: \[MemTrack LazyPages\]; hint: criu check/,
  );
  assert.ok(world.calls.includes("criu features true true"));
  assert.ok(world.calls.includes("abort"));
});

test("checkpointContainer() quotes CRIU's log; the container is as before", () => {
  const { world, store } = running();
  world.files.set("/i/dump.log", "(0.1) Error (criu/x.c:1): no such thing\n");
  const text = "criu failed: type DUMP errno 0";
  world.criu.events.push(criuFailure(text));
  assert.is(
    messageOf(() => checkpointContainer(store, request())),
    `cannot checkpoint container c1: ${text}: no such thing; hint: log: /i/dump.log`,
  );
  assert.ok(world.files.has(`${DIR}/state.json`));

  const silent = running();
  silent.world.criu.events.push(criuFailure(text));
  assert.match(
    messageOf(() => checkpointContainer(silent.store, request())),
    `c1: ${text}; hint`,
  );
});

test("checkpointContainer() fails when CRIU ends badly", () => {
  for (const [end, words] of [
    [{ exitCode: 3 }, "exit status 3"],
    [{ signal: 9 }, "signal 9"],
  ] as const) {
    const { world, store } = running();
    world.end = end;
    world.criu.events.push({ kind: "done" });
    assert.match(
      messageOf(() => checkpointContainer(store, request())),
      words,
    );
  }
});

test("a CRIU that is missing or too old is told", () => {
  const { world, store } = running();
  world.events.length = 0;
  world.events.push(syscallError("open", "ENOENT", { phase: "init", op: 2 }));
  assert.is(
    messageOf(() => checkpointContainer(store, request())),
    'CRIU is needed: exec: "criu": executable file not found in $PATH; hint: install criu',
  );
  assert.ok(world.calls.includes("closeFd 9") && world.calls.includes("criu close"));

  const old = running();
  old.world.criu.events[0] = { kind: "done", version: 31_400 };
  assert.is(
    messageOf(() => checkpointContainer(old.store, request())),
    "CRIU 3.14.0 is too old: it must be 3.15 or later",
  );
  assert.is(versionText(40_002), "4.0.2");

  for (const wrong of [[event("console")], [event("ready"), event("console")]]) {
    const odd = running();
    odd.world.events.splice(0, 2, ...wrong);
    assert.match(
      messageOf(() => checkpointContainer(odd.store, request())),
      "reports console",
    );
  }
});

test("checkpointContainer() refuses what does not run", () => {
  const { world, store } = running();
  world.processes.delete(PID);
  assert.is(
    messageOf(() => checkpointContainer(store, request())),
    "Container cannot be checkpointed in stopped state",
  );
  assert.is(world.locks.size, 0);
});

test.run();
