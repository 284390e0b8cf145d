// --systemd-cgroup: the container's scope, its properties, its life and its end.
// Spec: config-linux.md#cgroups-path

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { exec, idle } from "../harness/exec.ts";
import { parse } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";
import { GLOBAL, inScope, isLoaded, show, stopUnit, unitOf } from "../harness/systemd.ts";
import type { Config } from "../harness/types.ts";

type Resources = Config["linux"]["resources"];

const test = spec("runtime/systemd");
const needs = ["systemd", "pure cgroup v2"];

test("slice:prefix:name is a scope in a slice (config-linux.md#cgroups-path)", {
  needs,
}, async (t) => {
  const container = await inScope(t);
  const { pid } = await container.state();
  const [line] = execFileSync("cat", [`/proc/${pid}/cgroup`], { encoding: "utf8" }).split("\n");
  assert.is(line, `0::/system.slice/${container.unit}`);
  assert.equal(show(container.unit, "Slice", "Delegate", "ActiveState", "DefaultDependencies"), {
    Slice: "system.slice",
    Delegate: "yes",
    ActiveState: "active",
    DefaultDependencies: "no",
  });
});

test("slices are made as they are needed (config-linux.md#cgroups-path)", { needs }, async (t) => {
  const slice = `spec-${t.token}.slice`;
  t.defer(() => stopUnit(slice));
  const container = await idle(
    t,
    (config) => {
      config.linux.cgroupsPath = `${slice}:spec:${t.token}`;
    },
    { global: GLOBAL },
  );
  const { pid } = await container.state();
  const path = execFileSync("cat", [`/proc/${pid}/cgroup`], { encoding: "utf8" }).trim();
  assert.is(path, `0::/spec.slice/${slice}/${unitOf(t)}`);
  await container.delete("--force");
});

test("without a cgroupsPath it is in system.slice (config-linux.md#cgroups-path)", {
  needs,
  deviates: "its default prefix is its own name",
}, async (t) => {
  const container = await idle(t, undefined, { global: GLOBAL });
  assert.is(show(`trunc-${container.id}.scope`, "Slice").Slice, "system.slice");
});

const MIB = 1 << 20;

/** What systemd is told. */
const PROPERTIES: readonly (readonly [what: string, Resources, Record<string, string>])[] = [
  [
    "memory",
    { memory: { limit: 64 * MIB, reservation: 32 * MIB, swap: 96 * MIB } },
    {
      MemoryMax: `${64 * MIB}`,
      MemoryLow: `${32 * MIB}`,
      MemorySwapMax: `${32 * MIB}`,
    },
  ],
  [
    "memory without a limit",
    { memory: { limit: -1 } },
    {
      MemoryMax: "infinity",
      MemorySwapMax: "infinity",
    },
  ],
  ["pids", { pids: { limit: 33 } }, { TasksMax: "33" }],
  [
    "a quota",
    { cpu: { quota: 20_000, period: 50_000 } },
    {
      CPUQuotaPerSecUSec: "400ms",
      CPUQuotaPeriodUSec: "50ms",
    },
  ],
  [
    "a quota that systemd rounds",
    { cpu: { quota: 33_333, period: 100_000 } },
    {
      CPUQuotaPerSecUSec: "340ms",
    },
  ],
  [
    "a cpuset",
    { cpu: { cpus: "0-1", mems: "0" } },
    {
      AllowedCPUs: "0-1",
      AllowedMemoryNodes: "0",
    },
  ],
  ["devices", { devices: [{ allow: false, access: "rwm" }] }, { DevicePolicy: "strict" }],
  ["all devices", { devices: [{ allow: true, access: "rwm" }] }, { DevicePolicy: "auto" }],
  [
    "unified",
    { unified: { "memory.high": `${48 * MIB}`, "pids.max": "44", "cpu.weight": "77" } },
    {
      MemoryHigh: `${48 * MIB}`,
      TasksMax: "44",
      CPUWeight: "77",
    },
  ],
];

for (const [what, resources, properties] of PROPERTIES) {
  test(`properties of the unit: ${what} (config-linux.md#control-groups)`, { needs }, async (t) => {
    const container = await inScope(t, (config) =>
      Object.assign(config.linux.resources!, resources),
    );
    assert.equal(show(container.unit, ...Object.keys(properties)), properties);
  });
}

test("shares become a weight (config-linux.md#cpu)", {
  needs,
  since: "1.3: the curve from shares to weights",
}, async (t) => {
  const container = await inScope(t, (config) => {
    config.linux.resources = { cpu: { shares: 1024 } };
  });
  assert.is(show(container.unit, "CPUWeight").CPUWeight, "100");
});

test("swap that is denied altogether is denied by systemd too (config-linux.md#memory)", {
  needs,
  deviates: "only the file says so",
}, async (t) => {
  const container = await inScope(t, (config) => {
    config.linux.resources = { memory: { limit: 64 * MIB, swap: 64 * MIB } };
  });
  assert.is(show(container.unit, "MemorySwapMax").MemorySwapMax, "0");
});

test("annotations are properties, seconds in microseconds (runc's documentation)", {
  needs,
}, async (t) => {
  const container = await inScope(t, (config) => {
    config.annotations = {
      "org.systemd.property.TimeoutStopSec": "uint64 7",
      "org.systemd.property.CollectMode": "'inactive-or-failed'",
      "org.systemd.property.SendSIGHUP": "true",
    };
  });
  assert.equal(show(container.unit, "TimeoutStopUSec", "CollectMode", "SendSIGHUP"), {
    TimeoutStopUSec: "7s",
    CollectMode: "inactive-or-failed",
    SendSIGHUP: "yes",
  });
});

for (const [name, value] of [
  ["Slice", "'other.slice'"],
  ["DeviceAllow", "[('/dev/sda', 'rwm')]"],
] as const) {
  test(`an annotation may not set ${name} (runc's documentation)`, {
    needs,
    deviates: "takes any property",
  }, async (t) => {
    const bundle = t.bundle((config) => {
      config.annotations = { [`org.systemd.property.${name}`]: value };
    });
    const { code, stderr } = await t.runtime([...GLOBAL, "create", "-b", bundle.dir, t.id()]);
    assert.is(code, 1);
    assert.match(stderr, `/annotations/org.systemd.property.${name}: `);
    assert.match(stderr, "is no property that a container may set");
  });
}

test("a cgroupsPath of another form is refused (config-linux.md#cgroups-path)", {
  needs,
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.cgroupsPath = `/${t.token}`;
  });
  const { code, stderr } = await t.runtime([...GLOBAL, "create", "-b", bundle.dir, t.id()]);
  assert.is(code, 1);
  assert.match(stderr, "slice:prefix:name");
});

test("a unit that is there already is left alone (config-linux.md#cgroups-path)", {
  needs,
  deviates: "1.1 takes it over, since then it refuses without the unit's name",
}, async (t) => {
  const unit = unitOf(t);
  const other = t.startHelper("systemd-run", [
    "--scope",
    "--quiet",
    `--unit=${unit}`,
    "sh",
    "-c",
    "echo up; exec sleep 60",
  ]);
  t.defer(() => stopUnit(unit));
  await other.sees("up");
  const bundle = t.bundle((config) => {
    config.linux.cgroupsPath = `system.slice:spec:${t.token}`;
  });
  const id = t.id();
  const { code, stderr } = await t.runtime([...GLOBAL, "create", "-b", bundle.dir, id]);
  assert.is(code, 1);
  assert.match(stderr, unit);
  assert.match(stderr, "already");
  await t.runtime(["delete", "--force", id]);
  assert.is(show(unit, "ActiveState").ActiveState, "active");
});

test("a failed unit of that name is not in the way (config-linux.md#cgroups-path)", {
  needs,
}, async (t) => {
  const unit = unitOf(t);
  const failing = [
    "--scope",
    "--quiet",
    `--unit=${unit}`,
    "--property=RuntimeMaxSec=1",
    "sleep",
    "60",
  ];
  await t.startHelper("systemd-run", failing).closed;
  await t.startHelper("sh", ["-c", `until systemctl is-failed ${unit}; do sleep 0.1; done`]).closed;
  const container = await inScope(t);
  assert.is((await container.state()).status, "running");
});

test("exec, ps, pause, resume and kill work in a scope (runc's command line)", {
  needs,
}, async (t) => {
  const container = await inScope(t, (config) => {
    config.linux.namespaces.push({ type: "cgroup" });
  });
  const { id } = container;
  const inside = await exec(t, container, [], ["/bin/cat", "/proc/self/cgroup"]);
  assert.is(succeeded("exec", inside).stdout, "0::/\n");
  // who runs on holds the output open
  const detached = t.startRuntime(["exec", "--detach", id, "/bin/sleep", "60"]);
  succeeded("exec", await detached.exited);
  const ps = succeeded("ps", await t.runtime(["ps", "--format", "json", id]));
  assert.is(parse<number[]>(ps.stdout).length, 2);
  succeeded("pause", await t.runtime(["pause", id]));
  assert.is((await container.state()).status, "paused");
  succeeded("resume", await t.runtime(["resume", id]));
  assert.is((await container.state()).status, "running");
  await container.kill("KILL");
});

test("events has the scope's numbers (runc's command line)", { needs }, async (t) => {
  const { id } = await inScope(t, (config) => {
    config.linux.resources = { memory: { limit: 64 * MIB }, pids: { limit: 9 } };
  });
  const { stdout } = succeeded("events", await t.runtime(["events", "--stats", id]));
  const { data } = parse<{ data: { pids: object; memory: { usage: { limit: number } } } }>(stdout);
  assert.equal(data.pids, { current: 1, limit: 9 });
  assert.is(data.memory.usage.limit, 64 * MIB);
});

test("delete takes the unit away (runtime.md#delete)", { needs }, async (t) => {
  const container = await inScope(t);
  assert.ok(isLoaded(container.unit));
  await container.delete("--force");
  assert.not.ok(isLoaded(container.unit));
  assert.not.ok(existsSync(`/sys/fs/cgroup/system.slice/${container.unit}`));
});

test("run takes the unit away at its end (runtime.md#delete)", { needs }, async (t) => {
  const bundle = t.bundle((config) => {
    script(config, "exit 3");
    config.linux.cgroupsPath = `system.slice:spec:${t.token}`;
  });
  assert.is((await t.runtime([...GLOBAL, "run", "-b", bundle.dir, t.id()])).code, 3);
  assert.not.ok(isLoaded(unitOf(t)));
});

test("delete takes processes without a pid namespace along (runtime.md#delete)", {
  needs,
}, async (t) => {
  const container = await inScope(t, (config) => {
    const { namespaces } = config.linux;
    config.linux.namespaces = namespaces.filter(({ type }) => type !== "pid");
  });
  const left = t.startRuntime(["exec", "--detach", container.id, "/bin/sleep", "60"]);
  succeeded("exec", await left.exited);
  await container.kill("KILL");
  await container.delete("--force");
  assert.not.ok(isLoaded(container.unit));
});

test("a create that fails leaves no unit (runtime.md#errors)", { needs }, async (t) => {
  const bundle = t.bundle((config) => {
    args(config, "idle");
    config.linux.cgroupsPath = `system.slice:spec:${t.token}`;
    config.hooks = { createRuntime: [{ path: "/bin/false" }] };
  });
  const { code } = await t.runtime([...GLOBAL, "create", "-b", bundle.dir, t.id()]);
  assert.is(code, 1);
  assert.not.ok(isLoaded(unitOf(t)));
});

test("a create that is killed leaves what delete --force takes away (runtime.md#delete)", {
  needs,
  deviates: "writes its state too late",
}, async (t) => {
  const marker = join(t.dir, "in-hook");
  const text = `echo up >${marker}; exec sleep 60`;
  const bundle = t.bundle((config) => {
    config.linux.cgroupsPath = `system.slice:spec:${t.token}`;
    // held in the container: it ends with it
    config.hooks = { createContainer: [{ path: "/bin/sh", args: ["sh", "-c", text] }] };
  });
  const id = t.id();
  const create = t.startRuntime([...GLOBAL, "create", "-b", bundle.dir, id]);
  await t.startHelper("sh", ["-c", `until test -e ${marker}; do sleep 0.05; done`]).closed;
  create.child.kill("SIGKILL");
  await create.exited;
  succeeded("delete", await t.runtime(["delete", "--force", id]));
  assert.not.ok(isLoaded(unitOf(t)));
});

test.run();
