import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/resources");

const resources = (value: object) => ({ "/linux/resources": value });

const CASES: readonly Case[] = [
  [
    "everything at once",
    resources({
      devices: [
        { allow: false, access: "rwm" },
        { allow: true, type: "", major: -1, minor: 5, access: "" },
      ],
      memory: { limit: -1, swappiness: 100, checkBeforeUpdate: true, disableOOMKiller: false },
      cpu: { shares: 2, quota: -1, burst: 5, period: 100000, cpus: "0-3", idle: 1 },
      pids: { limit: -1 },
      blockIO: { weight: 10, weightDevice: [{ major: 8, minor: 0, leafWeight: 5 }] },
      hugepageLimits: [{ pageSize: "2MB", limit: 2n ** 64n - 1n }],
      network: { classID: 4294967295, priorities: [{ name: "eth0", priority: 1 }] },
      rdma: { mlx5_1: { hcaHandles: 3 } },
      unified: { "memory.high": "1", "hugetlb.1GB.max": "0", "cgroup.freeze": "0" },
    }),
    [],
  ],
  ["checkSwappiness() takes (uint64)-1", resources({ memory: { swappiness: 2n ** 64n - 1n } }), []],
  [
    "checkSwappiness()",
    resources({ memory: { swappiness: 101 } }),
    ["/linux/resources/memory/swappiness: 101 is not from 0 to 100"],
  ],
  [
    "limits below -1",
    resources({ memory: { limit: -2 } }),
    ["/linux/resources/memory/limit: -2 is not an integer from -1 to 9223372036854775807"],
  ],
  [
    "checkBurst()",
    resources({ cpu: { quota: 5, burst: 6 } }),
    ["/linux/resources/cpu/burst: 6 is more than the quota 5"],
  ],
  ["checkBurst() without a quota", resources({ cpu: { quota: 0, burst: 6 } }), []],
  [
    "checkWeightDevices()",
    resources({
      blockIO: {
        weightDevice: [{ major: 8, minor: 0 }],
        throttleReadBpsDevice: [{ major: 8, minor: 0 }],
      },
    }),
    ["/linux/resources/blockIO/throttleReadBpsDevice/0/rate: is missing"],
  ],
  [
    "checkWeightDevices() wants a weight",
    resources({
      blockIO: {
        weightDevice: [
          { major: 8, minor: 0, weight: 1 },
          { major: 8, minor: 0 },
        ],
      },
    }),
    ["/linux/resources/blockIO/weightDevice/1: needs weight or leafWeight"],
  ],
  [
    "checkRdma()",
    resources({ rdma: { "a/b": {} } }),
    ["/linux/resources/rdma/a~1b: needs hcaHandles or hcaObjects"],
  ],
  [
    "checkUnified()",
    resources({ unified: { "memory.max": "1", memory: "1", "../memory.max": "1", ".x": "1" } }),
    [
      '/linux/resources/unified/memory: "memory" is not a file of the form CONTROLLER.PARAMETER',
      '/linux/resources/unified/..~1memory.max: "../memory.max" is not a file of the form CONTROLLER.PARAMETER',
      '/linux/resources/unified/.x: ".x" is not a file of the form CONTROLLER.PARAMETER',
    ],
  ],
  [
    "words and forms",
    resources({
      devices: [{ allow: 1, type: "p", access: "rx" }],
      hugepageLimits: [{ pageSize: "64kB", limit: 1 }],
    }),
    [
      "/linux/resources/devices/0/allow: 1 is not true or false",
      '/linux/resources/devices/0/type: "p" is not one of a, c, b, ""',
      '/linux/resources/devices/0/access: "rx" is not of the form ^[rwm]*$',
      '/linux/resources/hugepageLimits/0/pageSize: "64kB" is not of the form ^[1-9][0-9]*[KMG]B$',
    ],
  ],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
