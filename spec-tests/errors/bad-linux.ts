// Bundles whose config.json says in `linux.devices`, `resources`, `intelRdt`, `seccomp` or `personality` what can't be.

import { ACCEPTED, at, type BadBundle, wrong } from "./case.ts";

const NO_RDT = { options: { deviates: "refuses all of it on a machine without resctrl" } };

export const BAD_LINUX: readonly BadBundle[] = [
  ...["maskedPaths", "readonlyPaths"].map((name) =>
    wrong(`/linux/${name}`, ["/proc/kcore", "proc/keys"], {
      truncSays: [at(`/linux/${name}/1`), /not an absolute path/],
      ...ACCEPTED,
    }),
  ),
  wrong("/linux/devices", [{ path: "/dev/x", type: "x" }], {
    truncSays: [at("/linux/devices/0/type")],
  }),
  wrong("/linux/devices", [{ path: "/dev/x", type: "c" }], {
    what: "a device without numbers",
    truncSays: [/\/linux\/devices\/0/, /major/],
    ...ACCEPTED,
  }),
  wrong("/linux/devices", [{ type: "c", major: 1, minor: 3 }], {
    what: "a device without a path",
    truncSays: [/\/linux\/devices\/0/, /path/],
    ...ACCEPTED,
  }),
  wrong("/linux/resources/devices", [{ allow: true, access: "rwq" }], {
    truncSays: [at("/linux/resources/devices/0/access")],
    ...ACCEPTED,
  }),
  wrong(
    "/linux/resources/memory",
    { limit: "64M" },
    { truncSays: [at("/linux/resources/memory/limit")] },
  ),
  wrong(
    "/linux/resources/blockIO",
    { weightDevice: [{ major: 8, minor: 0 }] },
    {
      what: "a weightDevice without a weight",
      truncSays: [at("/linux/resources/blockIO/weightDevice/0"), /weight or leafWeight/],
      ...ACCEPTED,
    },
  ),
  wrong(
    "/linux/resources/cpu",
    { quota: 50_000, burst: 60_000 },
    { truncSays: [at("/linux/resources/cpu/burst"), /more than the quota/], ...ACCEPTED },
  ),
  wrong(
    "/linux/resources/unified",
    { "nonsense.max": "1" },
    { truncSays: [/\/linux\/resources\/unified\/nonsense\.max: this host has no/] },
  ),
  wrong(
    "/linux/resources/rdma",
    { mlx5_1: {} },
    {
      what: "rdma of a device without a limit",
      truncSays: [at("/linux/resources/rdma/mlx5_1"), /hcaHandles or hcaObjects/],
      ...ACCEPTED,
    },
  ),
  wrong(
    "/linux/resources/memory",
    { swap: 64 << 20 },
    {
      what: "swap without a memory limit, which cgroup v2 has no number for",
      says: [/unable to set swap limit without memory limit/],
      truncSays: [/\/linux\/resources\/memory\/swap: /],
      options: { needs: ["pure cgroup v2", "memory controller"] },
    },
  ),
  wrong(
    "/linux/resources/memory",
    { limit: 64 << 20, swap: 32 << 20 },
    {
      what: "less memory and swap than memory, which cgroup v2 has no number for",
      says: [/memory\+swap limit should be >= memory limit/],
      truncSays: [/\/linux\/resources\/memory\/swap: /],
      options: { needs: ["pure cgroup v2", "memory controller"] },
    },
  ),
  ...["a/b", ".."].map((closID) =>
    wrong("/linux/intelRdt", { closID }, { truncSays: [at("/linux/intelRdt/closID")], ...NO_RDT }),
  ),
  wrong(
    "/linux/intelRdt",
    { memBwSchema: "L3:0=f" },
    { truncSays: [at("/linux/intelRdt/memBwSchema"), /MB:/], ...NO_RDT },
  ),
  ...["l3CacheSchema", "memBwSchema"].map((name) =>
    wrong(
      "/linux/intelRdt",
      { [name]: "MB:0=10\nMB:1=10" },
      { truncSays: [at(`/linux/intelRdt/${name}`), /newlines/], ...NO_RDT },
    ),
  ),
  wrong(
    "/linux/intelRdt",
    { schemata: ["L2:0=f", "MB:0=10\n"] },
    { truncSays: [at("/linux/intelRdt/schemata/1"), /newlines/], ...NO_RDT },
  ),
  wrong(
    "/linux/seccomp",
    { defaultAction: "SCMP_ACT_BOGUS" },
    { says: [/SCMP_ACT_BOGUS/], truncSays: [at("/linux/seccomp/defaultAction")] },
  ),
  wrong(
    "/linux/seccomp",
    { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_PDP11"] },
    { says: [/PDP11/], truncSays: [at("/linux/seccomp/architectures/0")] },
  ),
  wrong(
    "/linux/seccomp",
    {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [
        {
          names: ["read"],
          action: "SCMP_ACT_ERRNO",
          args: [{ index: 0, value: 1, op: "SCMP_CMP_ALMOST" }],
        },
      ],
    },
    { says: [/SCMP_CMP_ALMOST/], truncSays: [at("/linux/seccomp/syscalls/0/args/0/op")] },
  ),
  wrong(
    "/linux/seccomp",
    {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [
        {
          names: ["read"],
          action: "SCMP_ACT_ERRNO",
          args: [{ index: 6, value: 1, op: "SCMP_CMP_EQ" }],
        },
      ],
    },
    {
      what: "a seccomp argument with index 6",
      truncSays: [/\/linux\/seccomp\/syscalls\/0\/args\/0\/index/],
    },
  ),
  wrong(
    "/linux/seccomp",
    { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: [], action: "SCMP_ACT_ERRNO" }] },
    {
      what: "a seccomp rule without a name",
      truncSays: [at("/linux/seccomp/syscalls/0/names"), /at least one/],
      ...ACCEPTED,
    },
  ),
  wrong(
    "/linux/seccomp",
    { defaultAction: "SCMP_ACT_ALLOW", defaultErrnoRet: 1 },
    {
      what: "an errno of a seccomp default that has none",
      truncSays: [at("/linux/seccomp/defaultErrnoRet")],
      ...ACCEPTED,
    },
  ),
  wrong(
    "/linux/seccomp",
    {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["getpriority"], action: "SCMP_ACT_KILL", errnoRet: 1 }],
    },
    {
      what: "an errno of a seccomp action that has none",
      truncSays: [at("/linux/seccomp/syscalls/0/errnoRet")],
      ...ACCEPTED,
    },
  ),
  wrong(
    "/linux/seccomp",
    { defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "data" },
    {
      what: "seccomp metadata without a listener",
      truncSays: [at("/linux/seccomp/listenerMetadata")],
      ...ACCEPTED,
    },
  ),
  wrong(
    "/linux/personality",
    { domain: "MULTICS" },
    { truncSays: [at("/linux/personality/domain")], options: { since: "1.2: personality" } },
  ),
];
