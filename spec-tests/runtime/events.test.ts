// events: statistics once and at intervals, want of memory, and the end.
// Spec: runc's command line

import { existsSync } from "node:fs";
import * as assert from "uvu/assert";
import { hierarchy } from "../harness/cgroups.ts";
import { commanded } from "../harness/commands.ts";
import { succeeded } from "../harness/container.ts";
import { parse } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import { until } from "../harness/until.ts";

const test = spec("runtime/events");

const MIB = 1 << 20;

interface Stats {
  readonly cpu: {
    readonly usage: Record<"total" | "kernel" | "user", number>;
    readonly throttling?: { readonly throttledPeriods?: number };
    readonly psi?: { readonly some: Record<string, number> };
  };
  readonly cpuset: { readonly cpus?: number[] };
  readonly memory: {
    readonly usage: { readonly limit: number; readonly usage: number };
    readonly raw: Record<string, number>;
  };
  readonly pids: { readonly current: number; readonly limit?: number };
  readonly hugetlb: Record<string, { readonly failcnt: number }>;
  readonly [part: string]: unknown;
}

async function statsOf(t: Sandbox, id: string): Promise<Stats> {
  const { stdout } = succeeded("events", await t.runtime(["events", "--stats", id]));
  const event = parse<{ type: string; id: string; data: Stats }>(stdout);
  assert.equal([event.type, event.id], ["stats", id]);
  return event.data;
}

test("events --stats prints one object in runc's shape", {
  needs: ["memory controller", "cpu controller", "pids controller"],
}, async (t) => {
  const { container, ask } = await commanded(t, (config) => {
    Object.assign(config.linux.resources!, {
      memory: { limit: 64 * MIB },
      pids: { limit: 50 },
      cpu: { quota: 5000, period: 50_000 },
    });
  });
  await ask("i=0; while test $i -lt 20000; do i=$((i+1)); done");
  const stats = await statsOf(t, container.id);
  const parts = [
    "cpu",
    "cpuset",
    "memory",
    "pids",
    "blkio",
    "hugetlb",
    "intel_rdt",
    "network_interfaces",
  ];
  assert.equal(Object.keys(stats), parts);
  assert.ok(stats.cpu.usage.total > 1e6, "nanoseconds");
  assert.type(stats.cpu.usage.kernel, "number");
  assert.ok((stats.cpu.throttling?.throttledPeriods ?? 0) > 0, "throttled");
  assert.is(stats.memory.usage.limit, 64 * MIB);
  assert.ok(stats.memory.usage.usage > 0 && stats.memory.usage.usage <= 64 * MIB);
  assert.ok(Object.keys(stats.memory.raw).length > 10);
  assert.equal(stats.pids, { current: 1, limit: 50 });
  assert.is(stats.network_interfaces, null);
});

test("events --stats tells the CPU set of v1", {
  needs: ["cpuset controller", "cgroup v1"],
}, async (t) => {
  const { container } = await commanded(t, (config) => {
    config.linux.resources!.cpu = { cpus: "0" };
  });
  const { cpuset } = await statsOf(t, container.id);
  assert.equal(cpuset.cpus, [0]);
});

test("events --stats tells pressures on cgroup v2", {
  needs: ["memory controller"],
  since: "1.2: PSI",
}, async (t) => {
  if (hierarchy("memory")?.version !== 2 || !existsSync("/proc/pressure/cpu")) return;
  const { container } = await commanded(t);
  const { cpu } = await statsOf(t, container.id);
  assert.equal(Object.keys(cpu.psi!.some), ["avg10", "avg60", "avg300", "total"]);
});

test("events --stats counts huge pages of every size", {
  needs: ["hugetlb controller"],
}, async (t) => {
  const { container } = await commanded(t);
  const sizes = Object.entries((await statsOf(t, container.id)).hugetlb);
  if (hierarchy("hugetlb")?.version === 1) assert.ok(sizes.length > 0);
  for (const [size, { failcnt }] of sizes) {
    assert.match(size, /^\d+[KMG]B$/);
    assert.is(failcnt, 0);
  }
});

test("events prints statistics at intervals", { needs: ["memory controller"] }, async (t) => {
  const { container } = await commanded(t);
  const events = t.startRuntime(["events", "--interval", "100ms", container.id]);
  await until("three lines", () => events.stdout().split("\n").length >= 4);
  for (const line of events.stdout().split("\n").slice(0, 3)) {
    const { type, id } = parse<{ type: string; id: string }>(line);
    assert.equal([type, id], ["stats", container.id]);
  }
  events.child.kill("SIGKILL");
});

test("events tells want of memory", {
  needs: ["memory controller", "swap accounting"],
}, async (t) => {
  const { container, ask } = await commanded(t, (config) => {
    config.linux.resources!.memory = { limit: 24 * MIB, swap: 24 * MIB };
  });
  const events = t.startRuntime(["events", "--interval", "100ms", container.id]);
  // once it prints, it watches
  await events.sees('"stats"');
  assert.is(parse<{ signal: number }>(await ask("/bin/probe alloc 64 child")).signal, 9);
  await events.sees(`{"type":"oom","id":"${container.id}"}\n`);
  events.child.kill("SIGKILL");
});

test("events tells that the container's own end was want of memory, and ends", {
  needs: ["memory controller", "swap accounting"],
  deviates: "on cgroup v1 it ends with the cgroup, not with the container",
}, async (t) => {
  const { container } = await commanded(t, (config) => {
    config.process.args = ["/bin/sh", "-c", "echo ready; read go; exec /bin/probe alloc 64"];
    config.linux.resources!.memory = { limit: 24 * MIB, swap: 24 * MIB };
  });
  const events = t.startRuntime(["events", "--interval", "100ms", container.id]);
  await events.sees('"stats"');
  container.created.write("go\n");
  const { code, stdout } = await events.closed;
  assert.is(code, 0);
  assert.match(stdout, `{"type":"oom","id":"${container.id}"}\n`);
});

test("events ends when the container does", {
  needs: ["memory controller"],
  deviates: "on cgroup v1 it ends with the cgroup, not with the container",
}, async (t) => {
  const { container } = await commanded(t);
  const events = t.startRuntime(["events", "--interval", "50ms", container.id]);
  await events.sees('"stats"');
  await container.kill();
  const { code, stdout, stderr } = await events.closed;
  assert.equal([code, stderr], [0, ""]);
  assert.not.match(stdout, "oom");
});

test("events refuses what makes no sense", async (t) => {
  const { container } = await commanded(t);
  const cases: [flags: string[], message: RegExp][] = [
    [["--interval", "0s", container.id], /duration interval must be greater than 0/],
    [["--interval", "often", container.id], /invalid value \\?"often\\?" for flag -interval/],
    [["nobody"], /container does not exist/],
  ];
  for (const [words, message] of cases) {
    const { code, stderr, stdout } = await t.runtime(["events", ...words]);
    assert.is(code, 1, words.join(" "));
    assert.match(stderr + stdout, message);
  }
  await container.kill();
  container.created.end();
  await container.finished();
  const { code, stderr } = await t.runtime(["events", "--stats", container.id]);
  assert.is(code, 1);
  assert.match(stderr, `container with id ${container.id} is not running`);
});

test.run();
