// process.scheduler, process.ioPriority, process.execCPUAffinity.
// Spec: config.md#linux-process

import * as assert from "uvu/assert";
import { grant } from "../harness/bundle.ts";
import { unmet } from "../harness/needs.ts";
import { info } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";

const POLICIES: [given: Record<string, unknown>, seen: Record<string, number>][] = [
  [
    { policy: "SCHED_BATCH", nice: 5 },
    { policy: 3, nice: 5 },
  ],
  [
    { policy: "SCHED_OTHER", nice: 7 },
    { policy: 0, nice: 7 },
  ],
  [{ policy: "SCHED_IDLE" }, { policy: 5 }],
  [
    { policy: "SCHED_FIFO", priority: 3 },
    { policy: 1, priority: 3 },
  ],
  [
    { policy: "SCHED_RR", priority: 4, flags: ["SCHED_FLAG_RESET_ON_FORK"] },
    { policy: 2, priority: 4, flags: 1 },
  ],
  [
    { policy: "SCHED_DEADLINE", runtime: 10_000_000, deadline: 20_000_000, period: 40_000_000 },
    { policy: 6, runtime: 10_000_000, deadline: 20_000_000, period: 40_000_000 },
  ],
];

const CLASSES: [name: string, number: number][] = [
  ["IOPRIO_CLASS_RT", 1],
  ["IOPRIO_CLASS_BE", 2],
  ["IOPRIO_CLASS_IDLE", 3],
];

const test = spec("config/scheduling");

for (const [given, expected] of POLICIES) {
  const needs = ["CAP_SYS_NICE"];
  test(`scheduler ${given.policy} (config.md#linux-process)`, {
    needs,
    since: "1.2: process.scheduler",
  }, async (t) => {
    const { scheduler } = await info(t, (config) => {
      config.process.scheduler = given;
      grant(config, "CAP_SYS_NICE");
      allowRealtime(config);
    });
    assert.equal({ ...scheduler, ...expected }, scheduler);
  });
}

for (const [name, number] of CLASSES) {
  test(`ioPriority ${name} (config.md#linux-process)`, {
    since: "1.2: process.ioPriority",
  }, async (t) => {
    const { ioPriority } = await info(t, (config) => {
      config.process.ioPriority = { class: name, priority: 4 };
    });
    assert.equal(ioPriority, { class: number, data: 4 });
  });
}

test("execCPUAffinity does not bind the container's first process (config.md#linux-process)", {
  needs: ["two CPUs"],
}, async (t) => {
  const { affinity: plain } = await info(t);
  const { affinity } = await info(t, (config) => {
    config.process.execCPUAffinity = { initial: "0", final: "0" };
  });
  assert.equal(affinity, plain);
});

test("the runtime's work leaves the CPU affinity as it was (runtime.md#lifecycle)", {
  needs: ["two CPUs"],
}, async (t) => {
  const { affinity } = await info(t);
  const { closed } = t.startHelper("/bin/sh", ["-c", "grep Cpus_allowed_list /proc/self/status"]);
  assert.match((await closed).stdout, rangePattern(affinity));
});

/** Where realtime time is shared out by cgroups, a new one has none. */
function allowRealtime(config: Config): void {
  if (unmet(["realtime groups"]) !== null) return;
  config.linux.resources = {
    ...config.linux.resources,
    cpu: { realtimePeriod: 1_000_000, realtimeRuntime: 10_000 },
  };
}

/** How the kernel writes a run of CPU numbers: 0-1. */
function rangePattern(cpus: number[]): RegExp {
  return new RegExp(cpus.length > 1 ? `${cpus[0]}[-,]` : `${cpus[0]}$`, "m");
}

test.run();
