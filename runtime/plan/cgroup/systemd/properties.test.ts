import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Resources } from "../../../config/types.ts";
import { messageOf } from "../../testing.ts";
import { withRoundedQuota } from "./cpu-quota.ts";
import { resourceProperties } from "./properties.ts";
import { told } from "./testing.ts";

const test = suite("cgroup/systemd/properties");

const MAX = "18446744073709551615";

/** What the unified hierarchy's controllers make of it, with a systemd of today unless a version is given. */
const V2: readonly (readonly [resources: Resources, properties: string[], version?: number])[] = [
  [{}, []],
  [{ memory: { limit: 4096 } }, ["MemoryMax=4096"]],
  [{ memory: { limit: 0, reservation: 0 } }, []],
  [{ memory: { limit: -1 } }, [`MemoryMax=${MAX}`, `MemorySwapMax=${MAX}`]],
  [
    { memory: { limit: 100, swap: 150, reservation: 50 } },
    ["MemoryMax=100", "MemoryLow=50", "MemorySwapMax=50"],
  ],
  [{ memory: { limit: 100, swap: 100 } }, ["MemoryMax=100", "MemorySwapMax=0"]],
  [{ cpu: { shares: 1024 } }, ["CPUWeight=100"]],
  [{ cpu: { shares: 1024, idle: 1 } }, ["CPUWeight=0"]],
  [{ cpu: { shares: 1024, idle: 1 } }, ["CPUWeight=100"], 251],
  [{ cpu: { shares: 1024, idle: 0 } }, ["CPUWeight=100"]],
  [{ cpu: { quota: 50_000 } }, ["CPUQuotaPerSecUSec=500000"]],
  [
    { cpu: { quota: 5_000, period: 10_000 } },
    ["CPUQuotaPeriodUSec=10000", "CPUQuotaPerSecUSec=500000"],
  ],
  [{ cpu: { quota: 5_000, period: 10_000 } }, ["CPUQuotaPerSecUSec=500000"], 241],
  [{ cpu: { period: 10_000 } }, ["CPUQuotaPeriodUSec=10000", `CPUQuotaPerSecUSec=${MAX}`]],
  [{ cpu: { quota: -1 } }, [`CPUQuotaPerSecUSec=${MAX}`]],
  // a third of a CPU: the next hundredth
  [{ cpu: { quota: 33_333 } }, ["CPUQuotaPerSecUSec=340000"]],
  [
    { cpu: { cpus: "0-1,9", mems: "0" } },
    ["AllowedCPUs=3,2,0,0,0,0,0,0", "AllowedMemoryNodes=1,0,0,0,0,0,0,0"],
  ],
  [{ cpu: { cpus: "0", mems: "0" } }, [], 243],
  [{ pids: { limit: 7 } }, ["TasksMax=7"]],
  [{ pids: { limit: 0 } }, ["TasksMax=1"]],
  [{ pids: { limit: -1 } }, [`TasksMax=${MAX}`]],
  // the kernel's file has BFQ's scale, systemd's property another: the file alone has it
  [{ blockIO: { weight: 500 } }, []],
  [{ unified: { "memory.high": "5", "memory.min": "max" } }, ["MemoryHigh=5", `MemoryMin=${MAX}`]],
  [{ unified: { "pids.max": "0\n" } }, ["TasksMax=1"]],
  [{ unified: { "cpu.weight": "7", "cpu.idle": "1" } }, ["CPUWeight=0"]],
  [{ unified: { "cpu.weight": "7", "cpu.idle": "1" } }, ["CPUWeight=7"], 251],
  [
    { unified: { "cpu.max": "max 5000" } },
    ["CPUQuotaPeriodUSec=5000", `CPUQuotaPerSecUSec=${MAX}`],
  ],
  [{ unified: { "cpu.max": "1000" } }, ["CPUQuotaPeriodUSec=100000", "CPUQuotaPerSecUSec=10000"]],
  [{ unified: { "cpuset.cpus": "1" } }, ["AllowedCPUs=2,0,0,0,0,0,0,0"]],
  [{ unified: { "memory.oom.group": "1", "io.max": "8:0 rbps=1", "hugetlb.2MB.max": "0" } }, []],
];

for (const [resources, properties, version = 255] of V2) {
  test(`resourceProperties() of ${JSON.stringify(resources)} with systemd ${version}`, () => {
    assert.equal(told(resourceProperties(resources, true, version)), properties);
  });
}

test("resourceProperties() has v1's names for v1's controllers", () => {
  const resources: Resources = {
    memory: { limit: 100, swap: 150, reservation: 50 },
    cpu: { shares: 512, quota: 25_000, period: 50_000, cpus: "0", idle: 1 },
    blockIO: { weight: 500 },
    pids: { limit: 9 },
    unified: { "memory.high": "5" },
  };
  assert.equal(told(resourceProperties(resources, false, 252)), [
    "MemoryLimit=100",
    "CPUShares=512",
    "CPUQuotaPeriodUSec=50000",
    "CPUQuotaPerSecUSec=500000",
    "BlockIOWeight=500",
    "TasksMax=9",
    "AllowedCPUs=1,0,0,0,0,0,0,0",
  ]);
});

for (const [file, value] of [
  ["memory.max", "5G"],
  ["pids.max", ""],
  ["cpu.max", "1 2 3"],
  ["cpu.weight", "-1"],
] as const) {
  test(`resourceProperties() refuses ${file} of ${JSON.stringify(value)}`, () => {
    assert.match(
      messageOf(() => resourceProperties({ unified: { [file]: value } }, true, 252)),
      `/linux/resources/unified/${file}: ${JSON.stringify(value)} is not`,
    );
  });
}

test("withRoundedQuota() is what systemd will write", () => {
  assert.equal(withRoundedQuota({ cpu: { quota: 33_333, shares: 5 } }), {
    cpu: { quota: 34_000n, shares: 5 },
  });
  assert.equal(withRoundedQuota({ cpu: { quota: 1, period: 1000 } }), {
    cpu: { quota: 10n, period: 1000 },
  });
  for (const resources of [{}, { cpu: {} }, { cpu: { quota: -1 } }, { cpu: { period: 5000 } }]) {
    assert.is(withRoundedQuota(resources), resources);
  }
});

test.run();
