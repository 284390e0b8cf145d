import { suite } from "uvu";
import * as assert from "uvu/assert";
import { event, fakeWorld, PID, syscallError, type World } from "../host/testing.ts";
import { CRIU_VERSION, criuFailure } from "../host/testing-criu.ts";
import { NO_WISHES } from "../plan/criu/testing.ts";
import { someContext } from "../plan/testing.ts";
import { type RestoreRequest, restoreContainer, waitForRestored } from "./restore.ts";
import {
  CGROUP,
  CONFIG,
  DIR,
  HOOKS,
  hookCalls,
  messageOf,
  PLAN,
  stateIn,
  storeIn,
} from "./testing.ts";

const test = suite("lifecycle/restore");

const RESTORED = 50;

function request(more: Partial<RestoreRequest> = {}): RestoreRequest {
  const linux = {
    namespaces: [
      { type: "mount" as const },
      { type: "network" as const },
      { type: "pid" as const, path: "/p" },
    ],
  };
  return {
    id: "c1",
    bundle: "/b",
    config: { ...CONFIG, hooks: HOOKS },
    configText: "{}",
    compiled: { plan: PLAN, cgroups: [CGROUP], resctrlGroups: [], processes: CGROUP, warnings: [] },
    owner: 0,
    now: "2026-11-22T14:00:50Z",
    wishes: NO_WISHES,
    context: () => someContext({ linux }),
    images: "/i",
    search: "/sbin",
    notify: `${DIR}/notify`,
    ...more,
  };
}

/** A CRIU that gets as far as the restored process. */
function world(): World {
  const made = fakeWorld();
  made.files.set("/i/descriptors.json", '["/dev/null","pipe:[7]"]');
  made.files.set("/i/.", "").set("/w/.", "");
  made.files.set(`/proc/${PID}/cgroup`, "0::/x\n");
  made.processes.set(RESTORED, 2000n);
  // the mount points; CRIU; the loopback device
  made.events.push(event("ready"), event("ready"), event("exec"), event("ready"));
  made.criu.events.push(CRIU_VERSION);
  return made;
}

const LIVE = [
  { script: "setup-namespaces", pid: RESTORED },
  { script: "orphan-pts-master", fd: 12 },
  { script: "post-restore", pid: RESTORED },
  { script: "network-unlock", fd: 13 },
  { kind: "done" as const, pid: RESTORED },
];

test("restoreContainer() makes a container that runs", () => {
  const made = world();
  made.criu.events.push(...LIVE);
  const steps: string[] = [];
  const restored = restoreContainer(
    storeIn(made),
    request({
      work: "/w",
      pidFile: "/pid",
      consoleSocket: "/console",
      onStep: (step) => steps.push(step),
    }),
  );
  assert.equal([restored.pidfd, restored.consoleFd], [8, -1]);
  const state = stateIn(made);
  assert.equal(
    [state.pid, state.startTime, state.isReady, state.isRestored],
    [RESTORED, "2000", true, true],
  );
  assert.is(made.files.get("/pid"), String(RESTORED));
  assert.is(made.files.get(`${DIR}/config.json`), "{}");
  assert.equal(hookCalls(made), [`/pre created ${RESTORED}`, `/rt creating ${RESTORED}`]);
  const root = `/proc/${PID}/root`;
  assert.ok(made.calls.includes(`criu order restore ${root}/i ${root}/w`));
  assert.ok(made.calls.includes("sendFds /console 12 /dev/ptmx"));
  assert.ok(made.calls.includes("closeFd 13"));
  assert.equal(made.criu.options?.inheritFd, [
    { key: "extRootPidNS", fd: 65 },
    { key: "pipe:[7]", fd: 1 },
  ]);
  assert.equal(made.criu.options?.cgRoot, [{ key: "", value: "/x" }]);
  assert.ok(steps.includes("CRIU: post-restore"));
  assert.is(made.locks.size, 0);
});

test("waitForRestored() stays with it, and deletes it", () => {
  const made = world();
  made.criu.events.push(...LIVE);
  const store = storeIn(made);
  const restored = restoreContainer(store, request());
  assert.is(restored.consoleFd, 12);
  made.end = { exitCode: 3 };
  assert.is(waitForRestored(store, restored, true).exitCode, 3);
  const options = '{"consoleFd":12,"signals":true,"subreaper":true,"isLast":false}';
  assert.ok(made.calls.includes(`superviseChild ${RESTORED} 8 ${options}`));
  assert.ok(made.calls.includes("closeFd 8") && made.calls.includes("closeFd 12"));
  assert.not.ok(made.files.has(`${DIR}/state.json`));

  const killed = world();
  killed.criu.events.push(LIVE[2]!, LIVE[4]!);
  const again = restoreContainer(storeIn(killed), request());
  killed.end = { signal: 9 };
  assert.is(waitForRestored(storeIn(killed), again, false).exitCode, 137);
});

test("waitForRestored() ends and deletes what it can't wait for", () => {
  const made = world();
  made.criu.events.push(...LIVE);
  const store = storeIn(made);
  const restored = restoreContainer(store, request());
  made.failures.set("superviseChild", syscallError("poll", "ENOMEM"));
  assert.throws(
    () => waitForRestored(store, restored, true),
    /^cannot wait for the container's program: poll: ENOMEM/,
  );
  assert.ok(made.calls.includes("closeFd 8") && made.calls.includes("closeFd 12"));
  assert.not.ok(made.files.has(`${DIR}/state.json`));
});

test("restoreContainer() leaves nothing when CRIU fails, and quotes its log", () => {
  const made = world();
  made.files.set("/i/restore.log", "(0.1)      1: Error (criu/mount.c:1): no such place\n");
  const text = "criu failed: type RESTORE errno 0";
  made.criu.events.push(LIVE[0]!, criuFailure(text));
  assert.is(
    messageOf(() => restoreContainer(storeIn(made), request())),
    `cannot restore container c1: ${text}: no such place; hint: log: /i/restore.log`,
  );
  assert.not.ok(made.files.has(`${DIR}/state.json`));
  assert.equal(hookCalls(made).slice(-2), ["/stop stopped undefined", "/stop2 stopped undefined"]);
  assert.is(made.locks.size, 0);
});

test("restoreContainer() ends what was restored when a later step fails", () => {
  const made = world();
  made.criu.events.push(...LIVE);
  made.failures.set("writeNew", syscallError("open", "EACCES"));
  assert.match(
    messageOf(() => restoreContainer(storeIn(made), request({ pidFile: "/pid" }))),
    /^cannot write the pid file \/pid: open: EACCES/,
  );
  assert.ok(made.calls.includes(`signal ${RESTORED} 9`));
  assert.ok(made.calls.includes("closeFd 8") && made.calls.includes("abort"));
  assert.not.ok(made.files.has(`${DIR}/state.json`));
});

test("restoreContainer() notices when the process is gone already", () => {
  const made = world();
  made.processes.delete(RESTORED);
  made.criu.events.push(LIVE[2]!);
  assert.is(
    messageOf(() => restoreContainer(storeIn(made), request())),
    "the restored process is gone",
  );
});

test("restoreContainer() refuses labels with a CRIU before 3.16, and a cgroup namespace by path", () => {
  for (const [wish, option] of [
    [{ lsmProfile: "apparmor:x" }, "--lsm-profile"],
    [{ lsmMountContext: "x" }, "--lsm-mount-context"],
  ] as const) {
    const made = world();
    made.criu.events[0] = { kind: "done", version: 31_500 };
    assert.is(
      messageOf(() =>
        restoreContainer(storeIn(made), request({ wishes: { ...NO_WISHES, ...wish } })),
      ),
      `${option} requires at least CRIU 3.16`,
    );
  }
  const old = world();
  old.criu.events[0] = { kind: "done", version: 31_500 };
  old.criu.events.push(LIVE[2]!, LIVE[4]!);
  restoreContainer(storeIn(old), request());

  const namespaces = [{ type: "cgroup" as const, path: "/p" }];
  const context = () => someContext({ linux: { namespaces } });
  assert.match(
    messageOf(() => restoreContainer(storeIn(world()), request({ context }))),
    "can't restore into a cgroup namespace",
  );
});

test("restoreContainer() says which mount point could not be made", () => {
  const made = world();
  made.events[0] = syscallError("mkdirat", "EROFS", { phase: "init", op: 0 });
  assert.match(
    messageOf(() => restoreContainer(storeIn(made), request())),
    "mkdirat: EROFS",
  );
  made.events.length = 0;
  made.events.push(event("console"));
  assert.match(
    messageOf(() => restoreContainer(storeIn(made), request())),
    "reports console",
  );
});

test("restoreContainer() needs the list of the streams", () => {
  const made = world();
  made.files.delete("/i/descriptors.json");
  assert.match(
    messageOf(() => restoreContainer(storeIn(made), request())),
    "cannot read /i/descriptors.json",
  );
  const odd = world();
  odd.files.set("/i/descriptors.json", "{}");
  odd.criu.events.push(LIVE[2]!, LIVE[4]!);
  restoreContainer(storeIn(odd), request());
  assert.is(odd.criu.options?.inheritFd.length, 1);
});

test.run();
