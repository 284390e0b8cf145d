// linux.resources: what stands in the cgroup files.
// Spec: config-linux.md#memory, #cpu, #pids, #block-io, #huge-page-limits, #unified

import { readdirSync } from "node:fs";
import * as assert from "uvu/assert";
import { cgroupDirectory, cgroupFile, hierarchy } from "../harness/cgroups.ts";
import { blockDevice } from "../harness/needs.ts";
import { spec, type TestOptions } from "../harness/suite.ts";

const test = spec("config-linux/resources");

const MIB = 1 << 20;

interface Row {
  readonly what: string;
  readonly resources: Record<string, unknown>;
  readonly controller: string;
  /** File name on v1 and its content, then on v2. */
  readonly v1: [file: string, content: string][];
  readonly v2?: [file: string, content: string][];
  readonly options?: TestOptions;
}

const v1Only = (row: Omit<Row, "v2">): Row => row;

/** shares to weight: first a straight line (512 is 20), now a curve that keeps the default (1024 is 100). */
const NEW_WEIGHTS: TestOptions =
  hierarchy("cpu")?.version === 2 ? { since: "1.3.2: cpu.weight by the new formula" } : {};

const ROWS: Row[] = [
  {
    what: "memory.limit",
    resources: { memory: { limit: 32 * MIB } },
    controller: "memory",
    v1: [["memory.limit_in_bytes", `${32 * MIB}`]],
    v2: [["memory.max", `${32 * MIB}`]],
    options: { needs: ["memory controller"] },
  },
  {
    what: "memory.limit -1 is no limit",
    resources: { memory: { limit: -1 } },
    controller: "memory",
    v1: [["memory.limit_in_bytes", "9223372036854771712"]],
    v2: [["memory.max", "max"]],
    options: { needs: ["memory controller"] },
  },
  {
    what: "memory.reservation",
    resources: { memory: { reservation: 16 * MIB } },
    controller: "memory",
    v1: [["memory.soft_limit_in_bytes", `${16 * MIB}`]],
    v2: [["memory.low", `${16 * MIB}`]],
    options: { needs: ["memory controller"] },
  },
  {
    what: "memory.swap is memory and swap together",
    resources: { memory: { limit: 32 * MIB, swap: 48 * MIB } },
    controller: "memory",
    v1: [
      ["memory.limit_in_bytes", `${32 * MIB}`],
      ["memory.memsw.limit_in_bytes", `${48 * MIB}`],
    ],
    v2: [["memory.swap.max", `${16 * MIB}`]],
    options: { needs: ["memory controller", "swap accounting"] },
  },
  {
    what: "memory.swap -1 with a limit",
    resources: { memory: { limit: 32 * MIB, swap: -1 } },
    controller: "memory",
    v1: [["memory.memsw.limit_in_bytes", "9223372036854771712"]],
    v2: [["memory.swap.max", "max"]],
    options: { needs: ["memory controller", "swap accounting"] },
  },
  v1Only({
    what: "memory.swappiness",
    resources: { memory: { swappiness: 11 } },
    controller: "memory",
    v1: [["memory.swappiness", "11"]],
    options: { needs: ["memory controller", "cgroup v1"] },
  }),
  v1Only({
    what: "memory.disableOOMKiller",
    resources: { memory: { limit: 64 * MIB, disableOOMKiller: true } },
    controller: "memory",
    v1: [["memory.oom_control", "oom_kill_disable 1"]],
    options: { needs: ["memory controller", "cgroup v1"] },
  }),
  {
    what: "memory.kernel is ignored",
    resources: { memory: { kernel: 8 * MIB, limit: 32 * MIB } },
    controller: "memory",
    v1: [["memory.limit_in_bytes", `${32 * MIB}`]],
    v2: [["memory.max", `${32 * MIB}`]],
    options: { needs: ["memory controller"] },
  },
  {
    what: "cpu.shares",
    resources: { cpu: { shares: 512 } },
    controller: "cpu",
    v1: [["cpu.shares", "512"]],
    v2: [["cpu.weight", "59"]],
    options: { needs: ["cpu controller"], ...NEW_WEIGHTS },
  },
  {
    what: "cpu.shares 0 is the default",
    resources: { cpu: { shares: 0 } },
    controller: "cpu",
    v1: [["cpu.shares", "1024"]],
    v2: [["cpu.weight", "100"]],
    options: { needs: ["cpu controller"] },
  },
  {
    what: "cpu.quota and period",
    resources: { cpu: { quota: 50_000, period: 200_000 } },
    controller: "cpu",
    v1: [
      ["cpu.cfs_quota_us", "50000"],
      ["cpu.cfs_period_us", "200000"],
    ],
    v2: [["cpu.max", "50000 200000"]],
    options: { needs: ["cpu controller"] },
  },
  {
    what: "cpu.quota -1",
    resources: { cpu: { quota: -1, period: 100_000 } },
    controller: "cpu",
    v1: [["cpu.cfs_quota_us", "-1"]],
    v2: [["cpu.max", "max 100000"]],
    options: { needs: ["cpu controller"] },
  },
  {
    what: "cpu.burst",
    resources: { cpu: { quota: 50_000, period: 100_000, burst: 20_000 } },
    controller: "cpu",
    v1: [["cpu.cfs_burst_us", "20000"]],
    v2: [["cpu.max.burst", "20000"]],
    options: { needs: ["cpu controller", "cpu burst"], since: "1.2: cpu.burst" },
  },
  {
    what: "cpu.idle",
    resources: { cpu: { idle: 1 } },
    controller: "cpu",
    v1: [["cpu.idle", "1"]],
    v2: [["cpu.idle", "1"]],
    options: { needs: ["cpu controller", "cpu idle"], since: "1.2: cpu.idle" },
  },
  v1Only({
    what: "cpu.realtimeRuntime and realtimePeriod",
    resources: { cpu: { realtimePeriod: 500_000, realtimeRuntime: 5000 } },
    controller: "cpu",
    v1: [
      ["cpu.rt_period_us", "500000"],
      ["cpu.rt_runtime_us", "5000"],
    ],
    options: { needs: ["cpu controller", "realtime groups"] },
  }),
  {
    what: "cpu.cpus and mems",
    resources: { cpu: { cpus: "0", mems: "0" } },
    controller: "cpuset",
    v1: [
      ["cpuset.cpus", "0"],
      ["cpuset.mems", "0"],
    ],
    v2: [["cpuset.cpus", "0"]],
    options: { needs: ["cpuset controller"] },
  },
  {
    what: "pids.limit",
    resources: { pids: { limit: 42 } },
    controller: "pids",
    v1: [["pids.max", "42"]],
    v2: [["pids.max", "42"]],
    options: { needs: ["pids controller"] },
  },
  {
    what: "pids.limit -1",
    resources: { pids: { limit: -1 } },
    controller: "pids",
    v1: [["pids.max", "max"]],
    v2: [["pids.max", "max"]],
    options: { needs: ["pids controller"] },
  },
  {
    what: "no resources: no limits",
    resources: {},
    controller: "pids",
    v1: [["pids.max", "max"]],
    v2: [["pids.max", "max"]],
    options: { needs: ["pids controller"] },
  },
];

for (const { what, resources, controller, v1, v2, options } of ROWS) {
  test(`${what} (config-linux.md#control-groups)`, options ?? {}, async (t) => {
    const bundle = t.bundle((config) => {
      config.linux.resources = { ...config.linux.resources, ...resources };
    });
    const { pid } = await (await t.create(bundle)).state();
    const files = hierarchy(controller)!.version === 1 ? v1 : (v2 ?? []);
    for (const [file, content] of files) {
      assert.is(cgroupFile(controller, pid, file).split("\n")[0], content, file);
    }
  });
}

const DISK = blockDevice();

for (const [field, v1, key] of [
  ["throttleReadBpsDevice", "blkio.throttle.read_bps_device", "rbps"],
  ["throttleWriteBpsDevice", "blkio.throttle.write_bps_device", "wbps"],
  ["throttleReadIOPSDevice", "blkio.throttle.read_iops_device", "riops"],
  ["throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", "wiops"],
] as const) {
  const needs = ["blkio throttle", "block device"];
  test(`blockIO.${field} (config-linux.md#block-io)`, { needs }, async (t) => {
    const bundle = t.bundle((config) => {
      config.linux.resources = { blockIO: { [field]: [{ ...DISK, rate: 600_000 }] } };
    });
    const { pid } = await (await t.create(bundle)).state();
    const name = `${DISK!.major}:${DISK!.minor}`;
    if (hierarchy("blkio")!.version === 1)
      assert.is(cgroupFile("blkio", pid, v1), `${name} 600000`);
    else assert.match(cgroupFile("blkio", pid, "io.max"), new RegExp(`${name} .*${key}=600000`));
  });
}

test("blockIO.weight (config-linux.md#block-io)", { needs: ["blkio weight"] }, async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.resources = { blockIO: { weight: 333 } };
  });
  const { pid } = await (await t.create(bundle)).state();
  const directory = cgroupDirectory("blkio", pid)!;
  const file = readdirSync(directory).find((name) => /^(blkio|io)(\.bfq)?\.weight$/.test(name))!;
  assert.match(cgroupFile("blkio", pid, file), /333$/);
});

test("blockIO.weight 0 is not set (config-linux.md#block-io)", async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.resources = { blockIO: { weight: 0 } };
  });
  await t.create(bundle);
});

test("hugepageLimits (config-linux.md#huge-page-limits)", {
  needs: ["hugetlb controller"],
  deviates: "1.1 leaves hybrid's v2 half alone",
}, async (t) => {
  const { version, mount } = hierarchy("hugetlb")!;
  const bundle = t.bundle((config) => {
    config.linux.resources = { hugepageLimits: [{ pageSize: "2MB", limit: 4 * MIB }] };
  });
  const { pid } = await (await t.create(bundle)).state();
  assert.ok(mount);
  const file = version === 1 ? "hugetlb.2MB.limit_in_bytes" : "hugetlb.2MB.max";
  assert.is(cgroupFile("hugetlb", pid, file), `${4 * MIB}`);
});

test("unified: the files of these names, their controller enabled (config-linux.md#unified)", {
  needs: ["hugetlb controller", "hugetlb of cgroup v2"],
  deviates: "1.1 leaves hybrid's v2 half alone",
}, async (t) => {
  const unified = { "hugetlb.2MB.max": `${4 * MIB}`, "cgroup.max.depth": "3" };
  const bundle = t.bundle((config) => {
    config.linux.resources = { unified };
  });
  const { pid } = await (await t.create(bundle)).state();
  for (const [file, content] of Object.entries(unified))
    assert.is(cgroupFile("hugetlb", pid, file), content);
});

test("network.classID (config-linux.md#network)", { needs: ["net_cls controller"] }, async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.resources = { network: { classID: 1_048_577 } };
  });
  const { pid } = await (await t.create(bundle)).state();
  assert.is(cgroupFile("net_cls", pid, "net_cls.classid"), "1048577");
});

test.run();
