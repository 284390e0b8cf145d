import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Resources } from "../../config/types.ts";
import type { CgroupFacts } from "../facts.ts";
import type { HostOp } from "../ops.ts";
import { HYBRID, messageOf, NO_CGROUPS, OPTIONS, someFacts, V1, V2 } from "../testing.ts";
import { compileLimits } from "./limits.ts";
import { cgroupLayout } from "./path.ts";

const test = suite("cgroup/limits");

const UNLIMITED = 2n ** 64n - 1n;

function compile(resources: Resources, cgroup: CgroupFacts) {
  const warnings: string[] = [];
  const layout = cgroupLayout({ cgroupsPath: "/c" }, someFacts({ cgroup }), OPTIONS);
  const { before, after, controllers } = compileLimits(resources, layout, warnings);
  return { before: before.map(shortly), after: after.map(shortly), controllers, warnings };
}

/** `file=text`, with what is ignored in brackets; alternatives with a bar. */
function shortly(op: HostOp): string {
  if (op.op === "writeFirstCgroup") {
    return op.files.map((file, index) => `${file}=${op.texts[index]}`).join(" | ");
  }
  if (op.op !== "writeCgroup") return op.op;
  return `${op.file}=${op.text}${op.ignore.length > 0 ? ` [${op.ignore}]` : ""}`;
}

const memory = "memory.limit_in_bytes";
const memsw = "memory.memsw.limit_in_bytes";

const WRITES: readonly (readonly [
  name: string,
  resources: Resources,
  v1: readonly string[],
  v2: readonly string[],
])[] = [
  ["nothing", {}, [], []],
  [
    "what engines send for nothing",
    {
      blockIO: { weight: 0 },
      memory: { disableOOMKiller: false, limit: 0, swap: 0 },
      cpu: { shares: 0, cpus: "" },
    },
    [],
    [],
  ],
  ["memory", { memory: { limit: 1024 } }, [`${memory}=1024`], ["memory.max=1024"]],
  [
    "memory beyond 2^53",
    { memory: { limit: 2n ** 60n, swap: 2n ** 60n + 4096n } },
    [
      `${memsw}=1152921504606851072 [EINVAL,ENOENT]`,
      `${memory}=1152921504606846976`,
      `${memsw}=1152921504606851072`,
    ],
    ["memory.swap.max=4096", "memory.max=1152921504606846976"],
  ],
  [
    "as much swap as memory: none",
    { memory: { limit: 1024, swap: 1024, reservation: 512 } },
    [
      `${memsw}=1024 [EINVAL,ENOENT]`,
      `${memory}=1024`,
      `${memsw}=1024`,
      "memory.soft_limit_in_bytes=512",
    ],
    ["memory.swap.max=0 [ENOENT]", "memory.max=1024", "memory.low=512"],
  ],
  [
    "unlimited swap",
    { memory: { limit: 1024, swap: -1 } },
    [`${memsw}=-1`, `${memory}=1024`],
    ["memory.swap.max=max [ENOENT]", "memory.max=1024"],
  ],
  [
    "unlimited memory",
    { memory: { limit: -1 } },
    [`${memsw}=-1 [ENOENT]`, `${memory}=-1`],
    ["memory.swap.max=max [ENOENT]", "memory.max=max"],
  ],
  [
    "unlimited memory with limited swap",
    { memory: { limit: -1, swap: 4096 } },
    [`${memsw}=4096 [EINVAL,ENOENT]`, `${memory}=-1`, `${memsw}=4096`],
    ["memory.swap.max=4096", "memory.max=max"],
  ],
  ["unset swappiness", { memory: { swappiness: UNLIMITED } }, [], []],
  ["shares", { cpu: { shares: 1024 } }, ["cpu.shares=1024"], ["cpu.weight=100"]],
  [
    "a quota",
    { cpu: { quota: 50_000, period: 100_000 } },
    ["cpu.cfs_period_us=100000 [EINVAL]", "cpu.cfs_quota_us=50000", "cpu.cfs_period_us=100000"],
    ["cpu.max=50000 100000"],
  ],
  ["a period alone", { cpu: { period: 5000 } }, ["cpu.cfs_period_us=5000"], ["cpu.max=max 5000"]],
  ["a quota alone", { cpu: { quota: 5000 } }, ["cpu.cfs_quota_us=5000"], ["cpu.max=5000 100000"]],
  ["no quota", { cpu: { quota: -1 } }, ["cpu.cfs_quota_us=-1"], ["cpu.max=max 100000"]],
  [
    "a burst of a quota",
    { cpu: { quota: 5000, burst: 1000 } },
    [
      "cpu.cfs_burst_us=1000 [ENOENT,EINVAL]",
      "cpu.cfs_quota_us=5000",
      "cpu.cfs_burst_us=1000 [ENOENT]",
    ],
    ["cpu.max.burst=1000 [EINVAL]", "cpu.max=5000 100000", "cpu.max.burst=1000"],
  ],
  ["a burst alone", { cpu: { burst: 0 } }, ["cpu.cfs_burst_us=0 [ENOENT]"], ["cpu.max.burst=0"]],
  ["idle", { cpu: { idle: 1 } }, ["cpu.idle=1"], ["cpu.idle=1"]],
  [
    "idle with shares",
    { cpu: { idle: 1, shares: 1024 } },
    ["cpu.shares=1024", "cpu.idle=1"],
    ["cpu.idle=1"],
  ],
  [
    "cpus and mems",
    { cpu: { cpus: "0-1", mems: "0" } },
    ["cpuset.cpus=0-1", "cpuset.mems=0"],
    ["cpuset.cpus=0-1", "cpuset.mems=0"],
  ],
  [
    "weights",
    {
      blockIO: {
        weight: 500,
        weightDevice: [
          { major: 8, minor: 0, weight: 10 },
          { major: 8, minor: 1, weight: 0 },
        ],
      },
    },
    [
      "blkio.weight=500 | blkio.bfq.weight=500",
      "blkio.weight_device=8:0 10 | blkio.bfq.weight_device=8:0 10",
    ],
    ["io.bfq.weight=500 | io.weight=4950", "io.bfq.weight=8:0 10 | io.weight=8:0 1"],
  ],
  [
    "throttles",
    {
      blockIO: {
        throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1 }],
        throttleWriteBpsDevice: [{ major: 8, minor: 0, rate: 2n ** 63n }],
        throttleReadIOPSDevice: [{ major: 8, minor: 0, rate: 3 }],
        throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 4 }],
      },
    },
    [
      "blkio.throttle.read_bps_device=8:0 1",
      "blkio.throttle.write_bps_device=8:0 9223372036854775808",
      "blkio.throttle.read_iops_device=8:0 3",
      "blkio.throttle.write_iops_device=8:0 4",
    ],
    [
      "io.max=8:0 rbps=1",
      "io.max=8:0 wbps=9223372036854775808",
      "io.max=8:0 riops=3",
      "io.max=8:0 wiops=4",
    ],
  ],
  [
    "huge pages",
    { hugepageLimits: [{ pageSize: "2MB", limit: 0 }] },
    ["hugetlb.2MB.limit_in_bytes=0", "hugetlb.2MB.rsvd.limit_in_bytes=0 [ENOENT]"],
    ["hugetlb.2MB.max=0", "hugetlb.2MB.rsvd.max=0 [ENOENT]"],
  ],
  [
    "rdma",
    { rdma: { mlx5: { hcaHandles: 3, hcaObjects: 4 }, mlx4: { hcaObjects: 5 } } },
    ["rdma.max=mlx5 hca_handle=3 hca_object=4", "rdma.max=mlx4 hca_object=5"],
    ["rdma.max=mlx5 hca_handle=3 hca_object=4", "rdma.max=mlx4 hca_object=5"],
  ],
];

for (const [name, resources, v1, v2] of WRITES) {
  test(`compileLimits(): ${name} (config-linux.md#control-groups)`, () => {
    assert.equal(compile(resources, V1).before, v1);
    assert.equal(compile(resources, V2).before, v2);
  });
}

const V1_ONLY: readonly (readonly [
  resources: Resources,
  writes: readonly string[],
  warning?: string,
])[] = [
  [{ memory: { swappiness: 60 } }, ["memory.swappiness=60"], "/memory/swappiness"],
  [{ memory: { disableOOMKiller: true } }, ["memory.oom_control=1"], "/memory/disableOOMKiller"],
  [
    { cpu: { realtimePeriod: 1000, realtimeRuntime: 900 } },
    ["cpu.rt_period_us=1000 [EINVAL]", "cpu.rt_runtime_us=900", "cpu.rt_period_us=1000"],
    "/cpu/realtimeRuntime",
  ],
  [
    { blockIO: { leafWeight: 7, weightDevice: [{ major: 8, minor: 0, leafWeight: 9 }] } },
    ["blkio.leaf_weight=7", "blkio.leaf_weight_device=8:0 9"],
    "/blockIO/leafWeight",
  ],
];

for (const [resources, writes, warning] of V1_ONLY) {
  test(`compileLimits(): v2 passes over ${warning}`, () => {
    assert.equal(compile(resources, V1), {
      before: writes,
      after: [],
      controllers: [],
      warnings: [],
    });
    const { before, warnings } = compile(resources, V2);
    assert.equal(before, []);
    assert.is(warnings[0], `/linux/resources${warning}: ignored: the kernel has no such setting`);
  });
}

test("compileLimits() has network classes on v1", () => {
  const network = { classID: 0x10001, priorities: [{ name: "eth0", priority: 5 }] };
  assert.equal(compile({ network }, V1).before, [
    "net_cls.classid=65537",
    "net_prio.ifpriomap=eth0 5",
  ]);
  assert.match(
    messageOf(() => compile({ network }, V2)),
    /^\/linux\/resources\/network\/classID: this host has no "net_cls" controller/,
  );
  assert.equal(compile({ network: {} }, V2).before, []);
});

const PIDS: readonly (readonly [limit: number | bigint, text: string])[] = [
  [33, "33"],
  [0, "1"],
  [-1, "max"],
  [-5, "max"],
  [2n ** 62n, "4611686018427387904"],
];

for (const [limit, text] of PIDS) {
  test(`compileLimits(): a limit of ${limit} processes is ${text}, once the init is there`, () => {
    for (const cgroup of [V1, V2]) {
      const { before, after } = compile({ pids: { limit } }, cgroup);
      assert.equal([before, after], [[], [`pids.max=${text}`]]);
    }
  });
}

test("compileLimits() passes over limits of kernel memory", () => {
  const { before, warnings } = compile({ memory: { kernel: 1, kernelTCP: 1 }, pids: {} }, V1);
  assert.equal(before, []);
  assert.equal(warnings, [
    "/linux/resources/memory/kernel: ignored: the kernel has no such setting",
    "/linux/resources/memory/kernelTCP: ignored: the kernel has no such setting",
  ]);
});

test("compileLimits() writes unified files a line at a time, on v2 and where a hybrid host has them", () => {
  const unified = {
    "io.max": "8:0 rbps=1\n8:0 wbps=2\n",
    "memory.high": "max",
    "cgroup.max.depth": "",
  };
  const { before, controllers } = compile({ unified }, V2);
  assert.equal(before, [
    "io.max=8:0 rbps=1",
    "io.max=8:0 wbps=2",
    "memory.high=max",
    "cgroup.max.depth=",
  ]);
  assert.equal(controllers, ["io", "memory"]);
  const hybrid = compile({ unified: { "hugetlb.2MB.max": "0" } }, HYBRID);
  assert.equal([hybrid.before, hybrid.controllers], [["hugetlb.2MB.max=0"], ["hugetlb"]]);
});

test("compileLimits() uses what a hybrid host has in either version", () => {
  const resources = { memory: { limit: 1 }, hugepageLimits: [{ pageSize: "2MB", limit: 1 }] };
  const { before, controllers } = compile(resources, HYBRID);
  assert.equal(before, [`${memory}=1`, "hugetlb.2MB.max=1", "hugetlb.2MB.rsvd.max=1 [ENOENT]"]);
  assert.equal(controllers, ["hugetlb"]);
});

const hint = "(leave it out, or have the controller mounted or delegated)";
const ERRORS: readonly (readonly [resources: Resources, cgroup: CgroupFacts, message: string])[] = [
  [
    { memory: { limit: 1 } },
    NO_CGROUPS,
    `/memory/limit: this host has no "memory" controller to set it with ${hint}`,
  ],
  [
    { cpu: { shares: 512 } },
    HYBRID,
    `/cpu/shares: this host has no "cpu" controller to set it with ${hint}`,
  ],
  [{ unified: { "a.b": "1" } }, V1, "/unified/a.b: this host has no cgroup v2"],
  [
    { unified: { "misc.max": "1" } },
    V2,
    `/unified/misc.max: this host has no "misc" controller to set it with ${hint}`,
  ],
  [{ memory: { swap: 10 } }, V2, "/memory/swap: unable to set swap limit without memory limit"],
  [
    { memory: { limit: 10, swap: 5 } },
    V2,
    "/memory/swap: memory+swap limit should be >= memory limit",
  ],
  [{ cpu: { shares: 1 } }, V1, "/cpu/shares: the minimum allowed cpu-shares is 2"],
  [{ cpu: { shares: 300_000 } }, V1, "/cpu/shares: the maximum allowed cpu-shares is 262144"],
];

for (const [resources, cgroup, message] of ERRORS) {
  test(`compileLimits() on ${cgroup.mode} refuses ${JSON.stringify(resources)}`, () => {
    assert.is(
      messageOf(() => compile(resources, cgroup)),
      `/linux/resources${message}`,
    );
  });
}

const NOT_DELEGATED: readonly (readonly [Resources, CgroupFacts, message: string])[] = [
  [
    { memory: { limit: 1 } },
    V1,
    "/memory/limit: cannot set memory limit: container could not join or create cgroup in /sys/fs/cgroup/memory",
  ],
  [
    { pids: { limit: 1 } },
    V2,
    "/pids/limit: rootless needs no limits + no cgrouppath when no permission is granted for cgroups in /sys/fs/cgroup",
  ],
  [
    { unified: { "cgroup.max.depth": "1" } },
    V2,
    "/unified/cgroup.max.depth: rootless needs no limits + no cgrouppath when no permission is granted for cgroups in /sys/fs/cgroup",
  ],
  [{ unified: { "misc.max": "1" } }, V2, `/unified/misc.max: this host has no "misc" controller`],
];

for (const [resources, cgroup, message] of NOT_DELEGATED) {
  test(`compileLimits() has no rights on ${cgroup.mode} to ${JSON.stringify(resources)}`, () => {
    const layout = cgroupLayout({}, someFacts({ cgroup }), { ...OPTIONS, isRootless: true });
    const told = messageOf(() => compileLimits(resources, layout, []));
    assert.ok(told.startsWith(`/linux/resources${message}`), told);
  });
}

const WEIGHTS: readonly (readonly [shares: number, weight: number])[] = [
  [1, 1],
  [2, 1],
  [3, 2],
  [512, 59],
  [1024, 100],
  [2048, 174],
  [262_143, 10_000],
  [262_144, 10_000],
];

for (const [shares, weight] of WEIGHTS) {
  test(`compileLimits(): ${shares} shares are a weight of ${weight}`, () => {
    assert.equal(compile({ cpu: { shares } }, V2).before, [`cpu.weight=${weight}`]);
  });
}

test.run();
