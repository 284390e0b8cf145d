// pause, resume, ps, update and events through main(), against a host in memory.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { event, fakeWorld, PID, START_TIME, syscallError, type World } from "../host/testing.ts";
import { main } from "../main.ts";

const test = suite("cli/resource-verbs");

const CONFIG = {
  ociVersion: "1.3.0",
  process: { cwd: "/", args: ["sh"], env: [], user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  linux: {
    namespaces: [{ type: "pid" }, { type: "mount" }],
    cgroupsPath: "/c",
    resources: { memory: { limit: 100, swap: 9_007_199_254_740_993n.toString() } },
  },
};
const CGROUP = "/sys/fs/cgroup/c";

async function trunc(world: World, line: string, vars: Record<string, string> = {}) {
  world.output[1] = world.output[2] = "";
  world.calls.length = 0;
  const code = await main(world.host, line.split(" "), (name) => vars[name]);
  return { code, out: world.output[1], err: world.output[2] };
}

const OK = { code: 0, out: "", err: "" };
const failed = (message: string) => ({ code: 1, out: "", err: `trunc: ${message}\n` });

/** A container that runs; its swap limit is no safe number. */
async function running(config: object = CONFIG): Promise<World> {
  const world = fakeWorld();
  const text = JSON.stringify(config).replace(/"(\d{16})"/, "$1");
  world.files.set("/b/config.json", text);
  world.files.set("/proc/sys/kernel/cap_last_cap", "40\n");
  world.files.set("/proc/self/uid_map", "         0          0 4294967295\n");
  const controllers = ["cpuset", "cpu", "io", "memory", "pids"];
  const unified = { root: "/sys/fs/cgroup", own: "/", controllers };
  world.facts = { ...world.facts, cgroup: { mode: "v2", hierarchies: [], unified } };
  world.events.push(event("ready"));
  assert.equal(await trunc(world, "create -b /b c1"), OK);
  return world;
}

const changes = (world: World) =>
  world.calls.filter((call) => /^(apply|freeze|thaw|Watch)/.test(call));
const savedText = (world: World) => world.files.get("/run/trunc/c1/config.json")!;

test("pause and resume stop and continue, in runc's words", async () => {
  const world = await running();
  assert.equal(await trunc(world, "resume c1"), failed("container not paused"));
  assert.equal(await trunc(world, "pause c1"), OK);
  assert.equal(changes(world), [`freezeCgroup ${CGROUP}/cgroup.freeze`]);
  assert.match((await trunc(world, "state c1")).out, '"status": "paused"');
  assert.match((await trunc(world, "pause c1")).err, "container not running");
  assert.equal(
    await trunc(world, "delete c1"),
    failed("cannot delete container c1 that is not stopped: paused"),
  );
  assert.equal(await trunc(world, "resume c1"), OK);
  assert.equal(changes(world), [`thawCgroup ${CGROUP}/cgroup.freeze`]);
  world.processes.delete(PID);
  assert.equal(await trunc(world, "pause c1"), failed("container not running"));
  assert.equal(await trunc(world, "pause c2"), failed("container does not exist"));
  assert.is(world.locks.size, 0);
});

test("pause says when processes can't be stopped", async () => {
  const world = await running();
  world.failures.set("freezeCgroup", syscallError("poll", "ETIMEDOUT"));
  assert.match((await trunc(world, "pause c1")).err, /unable to freeze container c1 within 10 s/);
  world.failures.set("freezeCgroup", syscallError("write", "EACCES"));
  assert.match(
    (await trunc(world, "pause c1")).err,
    /cannot pause container c1: write: EACCES \(permission denied\)/,
  );
});

test("a v1 cgroup that only one above keeps frozen is not paused", async () => {
  const world = await running();
  const path = "/run/trunc/c1/state.json";
  const state = JSON.parse(world.files.get(path)!);
  const freezer = { root: "/f", path: "/c", file: "freezer.state" };
  world.files.set(path, JSON.stringify({ ...state, freezer }));
  world.cgroupFiles.set("/f/c/freezer.state", "FROZEN\n");
  world.cgroupFiles.set("/f/c/freezer.self_freezing", "0\n");
  assert.match((await trunc(world, "state c1")).out, '"status": "running"');
  world.cgroupFiles.set("/f/c/freezer.self_freezing", "1\n");
  assert.match((await trunc(world, "state c1")).out, '"status": "paused"');
});

test("a container without cgroups can neither be paused nor counted nor updated", async () => {
  const world = await running();
  const path = "/run/trunc/c1/state.json";
  const { freezer, processes, ...state } = JSON.parse(world.files.get(path)!);
  world.files.set(path, JSON.stringify({ ...state, cgroups: [] }));
  const cases: [line: string, message: RegExp][] = [
    ["pause c1", /has no cgroup that could be frozen/],
    ["ps c1", /has no cgroup of its own to tell its processes by/],
    ["update --memory 1M c1", /has no cgroup of its own/],
    ["events --stats c1", /has no cgroup of its own/],
  ];
  for (const [line, message] of cases) assert.match((await trunc(world, line)).err, message);
});

const PS = `UID          PID    PPID CMD
root           1       0 init
root          ${PID}       1 sh
root          43      ${PID} sleep 5
`;

test("ps shows the container's rows, whatever its arguments", async () => {
  const world = await running();
  world.files.set("/x/ps", "");
  Object.assign(world.host, { cgroupProcs: () => [PID, 43] });
  assert.equal(await trunc(world, "ps --format json c1"), { ...OK, out: `[${PID},43]\n` });
  world.captured = { exitCode: 0, signal: 0, output: PS };
  const { out } = await trunc(world, "ps c1", { PATH: "/y::/x" });
  assert.is(out, PS.replace(/.*init\n/, ""));
  assert.ok(world.calls.includes("capture /x/ps ps -ef"));
  await trunc(world, "ps c1 -o pid --format json", { PATH: "/x" });
  assert.ok(world.calls.includes("capture /x/ps ps -o pid --format json"));
});

test("ps says what is wrong", async () => {
  const world = await running();
  Object.assign(world.host, { cgroupProcs: () => [] });
  assert.equal(await trunc(world, "ps -f json c1"), { ...OK, out: "null\n" });
  assert.equal(await trunc(world, "ps -f x c1"), failed("invalid format option: x"));
  assert.match(
    (await trunc(world, "ps c1")).err,
    /exec: "ps": executable file not found in \$PATH/,
  );
  world.files.set("/bin/ps", "");
  const answers: [output: string, exitCode: number, signal: number, message: RegExp][] = [
    ["error: bad\n", 1, 0, /ps: exit status 1: error: bad$/m],
    ["", 0, 9, /ps: signal 9/],
    ["USER CMD\n", 0, 0, /couldn't find PID field in ps output/],
    ["A PID\nb c\n", 0, 0, /unable to parse pid: "c"/],
  ];
  for (const [output, exitCode, signal, message] of answers) {
    world.captured = { exitCode, signal, output };
    assert.match((await trunc(world, "ps c1")).err, message);
  }
});

test("update takes options, and keeps what it did", async () => {
  const world = await running();
  const line =
    "update --memory 64M --memory-swap -1 --cpu-quota 5000 --pids-limit 7 --cpuset-cpus 0 --blkio-weight 20 c1";
  assert.equal(await trunc(world, line), OK);
  assert.equal(changes(world).slice(1), [
    "apply memory.swap.max=max",
    "apply memory.max=67108864",
    "apply cpu.max=5000 100000",
    "apply cpuset.cpus=0",
    "apply writeFirstCgroup",
    "apply pids.max=7",
  ]);
  const { resources } = JSON.parse(savedText(world)).linux;
  assert.equal(resources, {
    memory: { limit: 67108864, swap: -1 },
    cpu: { quota: 5000, cpus: "0" },
    blockIO: { weight: 20 },
    pids: { limit: 7 },
  });
  assert.equal(await trunc(world, "update --cpu-period 10000 c1"), OK);
  assert.ok(changes(world).includes("apply cpu.max=5000 10000"));
});

test("update keeps numbers that are too big for a double", async () => {
  const world = await running();
  assert.equal(await trunc(world, "update --pids-limit 3 c1"), OK);
  assert.match(savedText(world), '"swap":9007199254740993');
});

test("update --resources takes engines' JSON, and nothing else then", async () => {
  const world = await running();
  const json = '{"cpu":{"quota":50000,"period":100000},"memory":{"limit":0}}';
  world.files.set("/dev/stdin", json);
  assert.equal(await trunc(world, "update --resources - --pids-limit 3 c1"), OK);
  assert.equal(changes(world), ["apply enableControllers", "apply cpu.max=50000 100000"]);
  world.files.set("/r.json", '{"pids":{"limit":"x"}}');
  assert.match((await trunc(world, "update -r /r.json c1")).err, "/r.json: /pids/limit: ");
  assert.match((await trunc(world, "update -r /no c1")).err, "cannot read the resources from /no");
});

test("update refuses what makes no sense", async () => {
  const world = await running();
  const cases: [options: string, message: string][] = [
    ["--memory 1q", 'invalid value for memory: "1q"'],
    ["--cpu-quota x", 'invalid value for cpu-quota: "x"'],
    ["--cpu-period -5", 'invalid value for cpu-period: "-5"'],
    ["--blkio-weight 70000", "/blockIO/weight: "],
    ["--cpu-idle 2", "/cpu/idle: "],
    ["--l3-cache-schema L3:0=f", "Intel RDT/CAT: l3 cache schema is not enabled"],
    ["--mem-bw-schema MB:0=20", "Intel RDT/MBA: memory bandwidth schema is not enabled"],
  ];
  for (const [options, message] of cases) {
    const { code, err } = await trunc(world, `update ${options} c1`);
    assert.is(code, 1);
    assert.match(err, message);
  }
  world.files.set("/sys/fs/resctrl/info/L3/x", "").set("/sys/fs/resctrl/info/MB/x", "");
  assert.match(
    (await trunc(world, "update --l3-cache-schema L3:0=f --mem-bw-schema MB:0=1 c1")).err,
    "updating a non-existent Intel RDT configuration is not supported",
  );
  world.processes.delete(PID);
  assert.equal(await trunc(world, "update --memory 1M c1"), failed("container not running"));
});

test("update warns of what nothing takes any more", async () => {
  const world = await running();
  const { code, err } = await trunc(world, "update --kernel-memory 1M c1");
  assert.is(code, 0);
  assert.match(err, "memory/kernel: ignored");
});

test("update undoes what it did when a write fails", async () => {
  const world = await running();
  world.cgroupFiles.set(`${CGROUP}/memory.max`, "100\n").set(`${CGROUP}/memory.swap.max`, "0\n");
  const before = savedText(world);
  world.failures.set("apply pids.max=7", syscallError("write", "EINVAL", { text: "pids.max (7)" }));
  const line = "update --memory 64M --memory-swap 64M --pids-limit 7 c1";
  const { code, err } = await trunc(world, line);
  assert.is(code, 1);
  assert.match(
    err,
    /^trunc: linux\.resources\.pids\.limit \(pids\.max\): write: EINVAL .*; nothing was changed/,
  );
  assert.equal(changes(world).slice(-2), ["apply memory.max=100", "apply memory.swap.max=0"]);
  assert.is(savedText(world), before);

  world.failures.set("apply memory.swap.max=0", syscallError("write", "EBUSY"));
  world.cgroupFiles.set(`${CGROUP}/memory.swap.max`, "0\n");
  const again = await trunc(world, "update --memory 64M --memory-swap 65M --pids-limit 7 c1");
  assert.match(again.err, /these could not be put back to what they were: memory\.swap\.max/);
});

test("update undoes what it did when it can't be saved", async () => {
  const world = await running();
  world.cgroupFiles.set(`${CGROUP}/pids.max`, "max\n");
  world.failures.set("writeText", syscallError("write", "ENOSPC"));
  const { err } = await trunc(world, "update --pids-limit 7 c1");
  assert.match(
    err,
    /cannot write the config of container c1: write: ENOSPC .*; nothing was changed/,
  );
  assert.is(world.cgroupFiles.get(`${CGROUP}/pids.max`), "max\n");
});

test("update brings device rules back too", async () => {
  const world = await running();
  world.files.set(
    "/dev/stdin",
    '{"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":10,"minor":229,"access":"rw"}]}',
  );
  world.failures.set("writeText", syscallError("write", "ENOSPC"));
  assert.match((await trunc(world, "update -r - c1")).err, "nothing was changed");
  assert.equal(changes(world), ["apply deviceProgram", "apply deviceProgram"]);
});

test("update asks first where it is told to", async () => {
  const world = await running();
  world.cgroupFiles.set(`${CGROUP}/memory.current`, "5000\n");
  const json = (limit: number, swap: number) =>
    `{"memory":{"limit":${limit},"swap":${swap},"checkBeforeUpdate":true}}`;
  world.files.set("/dev/stdin", json(4000, 9000));
  assert.match(
    (await trunc(world, "update -r - c1")).err,
    "rejecting memory limit 4000 <= usage 5000",
  );
  world.files.set("/dev/stdin", json(6000, 0).replace('"swap":0', '"swap":5000'));
  assert.is((await trunc(world, "update -r - c1")).code, 1);
  world.files.set("/dev/stdin", json(6000, 7000));
  assert.equal(await trunc(world, "update -r - c1"), OK);
  world.cgroupFiles.delete(`${CGROUP}/memory.current`);
  world.files.set("/dev/stdin", json(4000, 7000));
  assert.equal(await trunc(world, "update -r - c1"), OK);
});

test("update says how much memory v1 would not take back", async () => {
  const world = await running();
  const path = "/run/trunc/c1/state.json";
  const state = JSON.parse(world.files.get(path)!);
  world.files.set(path, JSON.stringify({ ...state, cgroups: [{ root: "/m", path: "/c" }] }));
  world.facts = {
    ...world.facts,
    cgroup: {
      mode: "v1",
      hierarchies: [{ controllers: ["memory", "devices"], root: "/m", own: "/" }],
    },
  };
  world.cgroupFiles.set("/m/c/memory.usage_in_bytes", "70\n");
  world.cgroupFiles.set("/m/c/memory.max_usage_in_bytes", "90\n");
  world.failures.set("apply memory.limit_in_bytes=64", syscallError("write", "EBUSY"));
  assert.match(
    (await trunc(world, "update --memory 64 --memory-swap 128 c1")).err,
    "unable to set memory limit to 64 (current usage: 70, peak usage: 90)",
  );
});

test("events --stats prints one object", async () => {
  const world = await running();
  world.files.set("/sys/kernel/mm/hugepages/hugepages-2048kB/x", "");
  world.cgroupFiles.set(`${CGROUP}/memory.current`, "7\n").set(`${CGROUP}/memory.max`, "max\n");
  const { code, out } = await trunc(world, "events --stats c1");
  assert.is(code, 0);
  assert.match(
    out,
    /^\{"type":"stats","id":"c1","data":\{"cpu":\{\},.*"limit":18446744073709551615,"usage":7,.*\}\}\n$/,
  );
  world.processes.delete(PID);
  assert.equal(
    await trunc(world, "events --stats c1"),
    failed("container with id c1 is not running"),
  );
});

test("events follows until the end", async () => {
  const world = await running();
  world.watched.push("oom", "timeout");
  const { code, out } = await trunc(world, "events --interval 1s c1");
  assert.is(code, 0);
  const [oom, stats, ...rest] = out.split("\n");
  assert.is(oom, '{"type":"oom","id":"c1"}');
  assert.match(stats!, /^\{"type":"stats"/);
  assert.equal(rest, [""]);
  assert.equal(changes(world), [`Watch ${PID} ${CGROUP}`, "Watch.close"]);
});

test("events ends when nobody reads them", async () => {
  const world = await running();
  world.watched.push("oom", "oom");
  const { write } = world.host;
  Object.assign(world.host, {
    write: (fd: 1 | 2, text: string) => {
      if (fd === 1) throw new Error("write: Broken pipe");
      write(fd, text);
    },
  });
  assert.equal(await trunc(world, "events c1"), failed("cannot print events: write: Broken pipe"));
});

test("events goes on when statistics can't be read, and without a memory controller", async () => {
  const world = await running();
  world.facts = {
    ...world.facts,
    cgroup: { ...world.facts.cgroup, unified: { ...world.facts.cgroup.unified!, controllers: [] } },
  };
  world.watched.push("timeout");
  world.failures.set("readCgroupFiles", syscallError("read", "EIO"));
  const { code, out, err } = await trunc(world, "events c1");
  assert.equal([code, out], [0, ""]);
  assert.match(err, "no want of memory will be told");
  assert.match(err, "cannot read the statistics of container c1: read: EIO");
  assert.equal(changes(world), [`Watch ${PID} nothing`, "Watch.close"]);
});

test("events shows the resctrl group where there is one", async () => {
  const world = await running({ ...CONFIG, linux: { ...CONFIG.linux, intelRdt: {} } });
  world.files
    .set("/sys/fs/resctrl/schemata", "")
    .set("/sys/fs/resctrl/c1/mon_data/mon_L3_00/x", "");
  world.cgroupFiles.set("/sys/fs/resctrl/c1/schemata", "L3:0=f\n");
  assert.match(
    (await trunc(world, "events --stats c1")).out,
    '"intel_rdt":{"schemata":["L3:0=f"]}',
  );
  const plain = await running();
  plain.files.set("/sys/fs/resctrl/schemata", "");
  assert.match((await trunc(plain, "events --stats c1")).out, '"intel_rdt":{}');
});

test("events wants an interval", async () => {
  const world = await running();
  assert.equal(
    await trunc(world, "events --interval -1s c1"),
    failed("duration interval must be greater than 0"),
  );
  assert.equal(
    await trunc(world, "events --interval x c1"),
    failed('invalid value "x" for flag -interval: parse error'),
  );
  assert.equal(
    await trunc(world, "events --interval= c1"),
    failed('invalid value "" for flag -interval: parse error'),
  );
  assert.is(world.processes.get(PID), START_TIME);
});

test.run();
