import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Resources } from "../../config/types.ts";
import { mergeResources } from "./merge.ts";

const test = suite("cgroup/merge");

const rate = (minor: number, bytes: number) => ({ major: 8, minor, rate: bytes });

const CASES: readonly (readonly [
  name: string,
  old: Resources,
  given: Resources,
  resources: Resources,
  change: Resources,
])[] = [
  ["nothing", { pids: { limit: 1 } }, {}, { pids: { limit: 1 } }, {}],
  [
    "a limit, with the swap that it had",
    { memory: { limit: 4, swap: 8, swappiness: 0 } },
    { memory: { limit: 6 } },
    { memory: { limit: 6, swap: 8, swappiness: 0 } },
    { memory: { limit: 6, swap: 8 } },
  ],
  [
    "swap, with the limit that it had",
    { memory: { limit: 4 } },
    { memory: { swap: -1 } },
    { memory: { limit: 4, swap: -1 } },
    { memory: { limit: 4, swap: -1 } },
  ],
  [
    "no limit: none of swap either",
    { memory: { limit: 4, swap: 8 } },
    { memory: { limit: -1 } },
    { memory: { limit: -1 } },
    { memory: { limit: -1 } },
  ],
  [
    "the zeros that engines send for what stays",
    { memory: { limit: 4 }, cpu: { shares: 512 }, blockIO: { weight: 100 } },
    {
      memory: { limit: 0, reservation: 0 },
      cpu: { shares: 0, quota: 5, period: 0, cpus: "", burst: 0 },
      blockIO: { weight: 0 },
    },
    {
      memory: { limit: 4 },
      cpu: { shares: 512, quota: 5, burst: 0 },
      blockIO: { weight: 100 },
    },
    { memory: {}, cpu: { quota: 5, burst: 0 }, blockIO: {} },
  ],
  [
    "a period, with the quota that it had",
    { cpu: { quota: 5000, shares: 7, cpus: "0" } },
    { cpu: { period: 10_000 } },
    { cpu: { quota: 5000, shares: 7, cpus: "0", period: 10_000 } },
    { cpu: { quota: 5000, period: 10_000 } },
  ],
  [
    "one of several devices",
    { blockIO: { throttleReadBpsDevice: [rate(0, 1), rate(1, 1)], leafWeight: 9 } },
    { blockIO: { throttleReadBpsDevice: [rate(1, 2), rate(2, 3)] } },
    {
      blockIO: { throttleReadBpsDevice: [rate(0, 1), rate(1, 2), rate(2, 3)], leafWeight: 9 },
    },
    { blockIO: { throttleReadBpsDevice: [rate(1, 2), rate(2, 3)] } },
  ],
  [
    "one of two weights of a device",
    { blockIO: { weightDevice: [{ major: 8, minor: 0, weight: 1, leafWeight: 2 }] } },
    { blockIO: { weightDevice: [{ major: 8, minor: 0, weight: 3 }] } },
    { blockIO: { weightDevice: [{ major: 8, minor: 0, weight: 3, leafWeight: 2 }] } },
    { blockIO: { weightDevice: [{ major: 8, minor: 0, weight: 3 }] } },
  ],
  [
    "lists and maps by their keys",
    {
      hugepageLimits: [{ pageSize: "2MB", limit: 1 }],
      network: { classID: 5, priorities: [{ name: "lo", priority: 1 }] },
      rdma: { a: { hcaHandles: 1 } },
      unified: { "memory.high": "1" },
      devices: [{ allow: true }],
    },
    {
      hugepageLimits: [{ pageSize: "1GB", limit: 2 }],
      network: { classID: 0, priorities: [{ name: "lo", priority: 2 }] },
      rdma: { b: { hcaObjects: 2 } },
      unified: { "cpu.idle": "1" },
      devices: [{ allow: false }],
    },
    {
      hugepageLimits: [
        { pageSize: "2MB", limit: 1 },
        { pageSize: "1GB", limit: 2 },
      ],
      network: { classID: 5, priorities: [{ name: "lo", priority: 2 }] },
      rdma: { a: { hcaHandles: 1 }, b: { hcaObjects: 2 } },
      unified: { "memory.high": "1", "cpu.idle": "1" },
      devices: [{ allow: false }],
    },
    {
      hugepageLimits: [{ pageSize: "1GB", limit: 2 }],
      network: { priorities: [{ name: "lo", priority: 2 }] },
      rdma: { b: { hcaObjects: 2 } },
      unified: { "cpu.idle": "1" },
      devices: [{ allow: false }],
    },
  ],
  [
    "into nothing",
    {},
    { pids: { limit: 3 }, network: { classID: 1 }, blockIO: { weight: 10 } },
    { pids: { limit: 3 }, network: { classID: 1 }, blockIO: { weight: 10 } },
    { pids: { limit: 3 }, network: { classID: 1 }, blockIO: { weight: 10 } },
  ],
];

for (const [name, old, given, resources, change] of CASES) {
  test(`mergeResources() takes ${name}`, () => {
    assert.equal(mergeResources(old, given), { resources, change });
  });
}

test.run();
