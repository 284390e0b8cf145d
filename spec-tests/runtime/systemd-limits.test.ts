// --systemd-cgroup: that limits bite, that update changes them, and that systemd does not take them back.
// Spec: config-linux.md#memory, #cpu, #pids, #allowed-device-list

import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { cgroupFile } from "../harness/cgroups.ts";
import { succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import {
  commandedInScope,
  GLOBAL,
  inScope,
  isLoaded,
  show,
  systemctl,
  unitOf,
} from "../harness/systemd.ts";

const test = spec("runtime/systemd-limits");
const needs = ["systemd", "pure cgroup v2"];

const MIB = 1 << 20;

test("a container that exceeds its memory is killed, and its unit forgotten (config-linux.md#memory)", {
  needs,
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.process.args = ["/bin/probe", "alloc", "96"];
    config.linux.cgroupsPath = `system.slice:spec:${t.token}`;
    config.linux.resources = { memory: { limit: 16 * MIB, swap: 16 * MIB } };
  });
  const { code } = await t.runtime([...GLOBAL, "run", "-b", bundle.dir, t.id()]);
  assert.is(code, 137);
  assert.not.ok(isLoaded(unitOf(t)));
});

test("fork is refused (config-linux.md#pids)", { needs }, async (t) => {
  const { ask } = await commandedInScope(t, (config) => {
    config.linux.resources = { pids: { limit: 20 } };
  });
  const { made, errno } = JSON.parse(await ask("/bin/probe fork 30"));
  assert.is(errno, "EAGAIN");
  assert.ok(made < 20 && made > 5, `${made}`);
});

test("a process has only its CPUs (config-linux.md#cpu)", {
  needs: [...needs, "two CPUs"],
}, async (t) => {
  const { ask } = await commandedInScope(t, (config) => {
    config.linux.resources = { cpu: { cpus: "1" } };
  });
  assert.equal(JSON.parse(await ask("/bin/probe info")).affinity, [1]);
});

test("a busy loop is throttled (config-linux.md#cpu)", { needs }, async (t) => {
  const { ask, pid } = await commandedInScope(t, (config) => {
    config.linux.resources = { cpu: { quota: 10_000, period: 50_000 } };
  });
  await ask("i=0; while test $i -lt 3000; do i=$((i+1)); done");
  const throttled = /nr_throttled (\d+)/.exec(cgroupFile("cpu", pid, "cpu.stat"))![1];
  assert.ok(Number(throttled) > 0);
});

/** Whether an allowed and a denied device can be opened. */
async function devicesOf(ask: (line: string) => Promise<string>): Promise<string> {
  const tried = ["zero", "spec-test"].map(
    (name) => `busybox head -c 0 /dev/${name} 2>&1 && echo ${name} opened`,
  );
  return ask(tried.join("; "));
}

const OPENED = "zero opened\n";
const DENIED = /spec-test.*Operation not permitted/;

function withDevice(t: Sandbox) {
  return commandedInScope(t, (config) => {
    // /dev/mem of old is what every kernel has
    config.linux.devices = [{ path: "/dev/spec-test", type: "c", major: 1, minor: 11 }];
    config.linux.resources = { devices: [{ allow: false, access: "rwm" }] };
  });
}

test("a device that is not allowed is denied (config-linux.md#allowed-device-list)", {
  needs,
}, async (t) => {
  const { ask } = await withDevice(t);
  const said = await devicesOf(ask);
  assert.match(said, OPENED);
  assert.match(said, DENIED);
});

test("update changes file and property (runc's command line)", { needs }, async (t) => {
  const { id, unit, state } = await inScope(t, (config) => {
    config.linux.resources = { memory: { limit: 64 * MIB }, pids: { limit: 30 } };
  });
  const flags = ["--memory", `${80 * MIB}`, "--pids-limit", "40", "--cpuset-cpus", "0"];
  succeeded("update", await t.runtime(["update", ...flags, "--cpu-quota", "25000", id]));
  assert.equal(show(unit, "MemoryMax", "TasksMax", "CPUQuotaPerSecUSec", "AllowedCPUs"), {
    MemoryMax: `${80 * MIB}`,
    TasksMax: "40",
    CPUQuotaPerSecUSec: "250ms",
    AllowedCPUs: "0",
  });
  const { pid } = await state();
  const files = ["memory.max", "pids.max", "cpu.max", "cpuset.cpus"];
  assert.equal(
    files.map((file) => cgroupFile("memory", pid, file)),
    [`${80 * MIB}`, "40", "25000 100000", "0"],
  );
});

test("update that fails puts properties back (runc's command line)", {
  needs,
  deviates: "leaves what it wrote",
}, async (t) => {
  const { id, unit, state } = await inScope(t, (config) => {
    config.linux.resources = { memory: { limit: 64 * MIB }, pids: { limit: 30 } };
  });
  const resources = {
    memory: { limit: 80 * MIB },
    cpu: { shares: 1024 },
    unified: { "cgroup.max.depth": "many" },
  };
  const { code, stderr } = await t.runtime(["update", "--resources", "-", id], {
    stdin: JSON.stringify(resources),
  });
  assert.is(code, 1);
  assert.match(stderr, "cgroup.max.depth");
  assert.match(stderr, "nothing was changed");
  assert.equal(show(unit, "MemoryMax", "CPUWeight"), {
    MemoryMax: `${64 * MIB}`,
    CPUWeight: "[not set]",
  });
  const { pid } = await state();
  assert.is(cgroupFile("memory", pid, "memory.max"), `${64 * MIB}`);
});

test("systemd that reads its units again keeps limits and devices (config-linux.md#control-groups)", {
  needs,
}, async (t) => {
  const { ask, pid } = await withDevice(t);
  systemctl("daemon-reload");
  systemctl("set-property", "--runtime", unitOf(t), "MemoryHigh=60M");
  const said = await devicesOf(ask);
  assert.match(said, OPENED);
  assert.match(said, DENIED);
  assert.is(cgroupFile("memory", pid, "memory.high"), `${60 * MIB}`);
});

test("want of memory is told (runc's command line)", { needs }, async (t) => {
  const { container, ask } = await commandedInScope(t, (config) => {
    config.linux.resources = { memory: { limit: 16 * MIB, swap: 16 * MIB } };
  });
  const events = t.startRuntime(["events", "--interval", "100ms", container.id]);
  // once it prints, it watches
  await events.sees('"stats"');
  await ask("/bin/probe alloc 96 child");
  await events.sees('"type":"oom"');
});

test("pressures are in the numbers (runc's command line)", {
  needs,
  since: "1.2: PSI",
}, async (t) => {
  const { id } = await inScope(t);
  const { stdout } = succeeded("events", await t.runtime(["events", "--stats", id]));
  const { data } = JSON.parse(stdout);
  for (const part of ["cpu", "memory", "blkio"]) {
    assert.type(data[part].psi.some.avg10, "number", part);
  }
});

test("the container's cgroup has every controller (config-linux.md#control-groups)", {
  needs,
}, async (t) => {
  const { state } = await inScope(t);
  const { pid } = await state();
  const root = readFileSync("/sys/fs/cgroup/cgroup.controllers", "utf8").trim();
  assert.is(cgroupFile("memory", pid, "cgroup.controllers"), root);
});

test.run();
