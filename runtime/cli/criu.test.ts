// checkpoint and restore through main(), against a host in memory: options, what they ask of CRIU, what is printed.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { event, fakeWorld, HOOK_DONE, PID, syscallError, type World } from "../host/testing.ts";
import { CRIU_VERSION } from "../host/testing-criu.ts";
import { main } from "../main.ts";
import { OPTIONS as DUMP_OPTIONS, isWritable } from "./checkpoint-options.ts";
import { verbHelp } from "./help.ts";
import { OPTIONS as RESTORE_OPTIONS } from "./restore-options.ts";
import { findVerb } from "./verbs.ts";

const test = suite("cli/criu");

const CONFIG = {
  ociVersion: "1.3.0",
  process: { cwd: "/", args: ["sh"], env: [], user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  linux: { namespaces: [{ type: "pid" }, { type: "mount" }] },
};

async function trunc(world: World, line: string) {
  world.output[1] = world.output[2] = "";
  const code = await main(world.host, line.split(" "), () => undefined);
  return { code, out: world.output[1], err: world.output[2] };
}

/** A running container, or with a CRIU that has restored one. */
async function running(config: object = CONFIG): Promise<World> {
  const world = fakeWorld();
  world.files.set("/b/config.json", JSON.stringify(config));
  world.files.set("/proc/self/uid_map", "         0          0 4294967295\n");
  world.events.push(event("ready"));
  await trunc(world, "create -b /b c1");
  world.events.push(event("ready"), event("exec"));
  world.criu.events.push(CRIU_VERSION, { kind: "done" });
  return world;
}

test("checkpoint --help and restore --help list every option, as podman asks for", async () => {
  for (const [name, options] of [
    ["checkpoint", DUMP_OPTIONS],
    ["restore", RESTORE_OPTIONS],
  ] as const) {
    const help = verbHelp({ ...findVerb(name)!, options });
    for (const line of [`${name} --help`, `help ${name}`]) {
      assert.equal(await trunc(fakeWorld(), line), { code: 0, out: help, err: "" });
    }
    assert.ok(help.split("\n").every((line) => line.length <= 130));
    for (const option of options) assert.ok(help.includes(`--${option.name}`), option.name);
  }
});

test("checkpoint asks for what its options say", async () => {
  const world = await running();
  world.files.set("/cwd/checkpoint/../p/.", "");
  const { code, err } = await trunc(
    world,
    "checkpoint --leave-running --tcp-established --manage-cgroups-mode strict --parent-path ../p" +
      " --page-server [::1]:27 --work-path w --empty-ns network c1",
  );
  assert.equal([code, err], [0, ""]);
  const { leaveRunning, tcpEstablished, manageCgroupsMode, parentImg, pageServer, fileLocks } =
    world.criu.options!;
  assert.equal([leaveRunning, tcpEstablished, fileLocks], [true, true, false]);
  assert.equal([manageCgroupsMode, parentImg], [5, "../p"]);
  assert.equal(pageServer, { address: "::1", port: 27 });
  assert.ok(world.calls.includes("criu order dump /cwd/checkpoint /cwd/w"));
});

const REFUSED: [flags: string, words: string][] = [
  ["--parent-path /p", "--parent-path must be relative"],
  ["--parent-path ../p", "invalid --parent-path: /cwd/checkpoint/../p: open: ENOENT"],
  ["--page-server host", "Use --page-server ADDRESS:PORT to specify page server"],
  ["--page-server :7", "Use --page-server ADDRESS:PORT to specify page server"],
  ["--page-server host:x", "Invalid port number"],
  ["--page-server host:70000", "Invalid port number"],
  ["--manage-cgroups-mode all", "invalid manage-cgroups-mode value"],
  ["--empty-ns pid", 'namespace "pid" is not supported'],
  ["--lazy-pages --status-fd 9", "invalid --status-fd argument 9"],
  ["--lazy-pages --status-fd 0", "invalid --status-fd argument 0: not writable"],
  ["--no-such", "flag provided but not defined: -no-such"],
];
for (const [flags, words] of REFUSED) {
  test(`checkpoint refuses ${flags}`, async () => {
    const world = await running();
    world.files.set("/proc/self/fdinfo/0", "pos:\t0\nflags:\t0100000\n");
    const { code, err } = await trunc(world, `checkpoint ${flags} c1`);
    assert.is(code, 1);
    assert.ok(err.includes(words), err);
    assert.is(world.criu.options, undefined);
  });
}

test("checkpoint tells other failures of a parent as they are", async () => {
  const world = await running();
  world.failures.set("makeDirs", new Error("odd"));
  assert.match((await trunc(world, "checkpoint --parent-path p c1")).err, "odd");
});

test("checkpoint --status-fd leads to the caller's descriptor", async () => {
  const world = await running();
  world.files.set("/proc/self/fdinfo/5", "pos:\t0\nflags:\t0100001\n");
  world.criu.events.splice(1, 1, { kind: "done", lazyPages: true }, { script: "status-ready" });
  world.criu.events.push({ kind: "done" });
  const { code } = await trunc(world, "checkpoint --lazy-pages --status-fd 5 c1");
  assert.is(code, 0);
  assert.is(world.files.get("/proc/self/fd/5"), "\0");
  const none = await running();
  none.criu.events.splice(1, 0, { kind: "done", lazyPages: true });
  assert.is((await trunc(none, "checkpoint --lazy-pages --status-fd -1 c1")).code, 0);
});

test("isWritable() reads the access mode", () => {
  assert.equal(["flags:\t0100000", "flags:\t01", "flags:\t02002", ""].map(isWritable), [
    false,
    true,
    true,
    false,
  ]);
});

test("checkpoint warns where it is untested, and of hooks that fail", async () => {
  const hooks = { poststop: [{ path: "/stop" }] };
  const world = await running({ ...CONFIG, hooks });
  world.hookResult = () => ({ ...HOOK_DONE, exitCode: 2 });
  world.files.set("/proc/self/uid_map", "0 1000 1\n");
  world.files.set("/proc/self/setgroups", "allow\n");
  const { code, err } = await trunc(world, "checkpoint c1");
  assert.is(code, 0);
  assert.match(err, "checkpoint is untested with rootless containers");
  assert.match(err, /hooks\.poststop\[0\] \/stop: exit 2/);
});

async function restorable(config: object = CONFIG): Promise<World> {
  const world = await running(config);
  await trunc(world, "delete --force c1");
  world.files.set("/cwd/checkpoint/descriptors.json", "[]");
  world.files.set(`/proc/${PID}/cgroup`, "0::/x\n");
  world.processes.set(50, 2000n);
  world.events.length = 0;
  world.events.push(event("ready"), event("ready"), event("exec"));
  world.criu.events.length = 0;
  world.criu.events.push(CRIU_VERSION, { script: "post-restore", pid: 50 });
  world.criu.events.push({ kind: "done", pid: 50 });
  return world;
}

test("restore takes containerd's line, one dash included", async () => {
  const world = await restorable();
  const line =
    "restore --image-path /cwd/checkpoint --work-path /cwd/checkpoint --bundle /b --pid-file /pid" +
    " -no-subreaper --detach --shell-job --lsm-profile apparmor:p --lsm-mount-context m --no-pivot c1";
  const { code, err } = await trunc(world, line);
  assert.equal([code, err], [0, ""]);
  assert.is(world.files.get("/pid"), "50");
  assert.equal(
    [world.criu.options?.shellJob, world.criu.options?.lsmProfile],
    [true, "apparmor:p"],
  );
  assert.ok(world.calls.includes("closeFd 8"));
  const state = JSON.parse((await trunc(world, "state c1")).out);
  assert.equal([state.pid, state.status], [50, "running"]);
});

test("restore in the foreground ends as the program does", async () => {
  const hooks = { poststop: [{ path: "/stop" }] };
  const world = await restorable({ ...CONFIG, hooks });
  world.hookResult = () => ({ ...HOOK_DONE, exitCode: 2 });
  world.end = { exitCode: 0 };
  const supervise = (world.host as { superviseChild: unknown }).superviseChild as () => object;
  Object.assign(world.host, {
    superviseChild: () => {
      supervise();
      world.processes.delete(50);
      return { exitCode: 5 };
    },
  });
  const { code, err } = await trunc(world, "restore --bundle /b c1");
  assert.is(code, 5);
  assert.match(err, "poststop");
  assert.ok(world.calls.includes("holdSignals"));
});

test("restore checks the terminal and the name first", async () => {
  const terminal = { ...CONFIG, process: { ...CONFIG.process, terminal: true } };
  const world = await restorable(terminal);
  assert.match((await trunc(world, "restore --detach --bundle /b c1")).err, "console socket");
  assert.is((await trunc(world, "restore --bundle /b ../x")).code, 1);
  world.files.set("/proc/self/uid_map", "0 1000 1\n");
  world.files.set("/proc/self/setgroups", "allow\n");
  world.criu.events.splice(1, 1, syscallError("recvmsg", "EIO"));
  const { code, err } = await trunc(world, "restore --detach --console-socket /c --bundle /b c1");
  assert.is(code, 1);
  assert.match(err, "restore is untested with rootless containers");
});

test.run();
