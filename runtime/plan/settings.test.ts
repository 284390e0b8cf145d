// The small modules of one or two steps each.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config, Linux } from "../config/types.ts";
import { compileConsole } from "./console.ts";
import type { Context } from "./context.ts";
import type { Facts } from "./facts.ts";
import { compileHostNames } from "./hostname.ts";
import { compileIoPriority } from "./io-priority.ts";
import { compileKeyring } from "./keyring.ts";
import { compileApparmor, compileProc, compileSelinux } from "./labels.ts";
import { compileRestrictedPaths } from "./masked-paths.ts";
import { compileMemoryPolicy } from "./memory-policy.ts";
import { compileNetDevices } from "./net-devices.ts";
import { compilePersonality } from "./personality.ts";
import { compileRaisedRlimits, compileRlimits } from "./rlimits.ts";
import { compileScheduler } from "./scheduler.ts";
import { compileSignals, compileWait } from "./start.ts";
import { compileSysctls } from "./sysctl.ts";
import { linuxContext, messageOf, processContext, someContext } from "./testing.ts";

const test = suite("settings");

const inProcess = (process: Partial<Config["process"]>, facts: Partial<Facts> = {}): Context =>
  processContext(process, facts);
const inLinux = (linux: Linux, facts: Partial<Facts> = {}): Context => linuxContext(linux, facts);

const user = { uid: 3, gid: 0 };
const CASES: readonly (readonly [
  name: string,
  compile: (context: Context) => readonly unknown[],
  context: Context,
  ops: readonly object[],
])[] = [
  ["no terminal", compileConsole, inProcess({ consoleSize: { width: 1, height: 1 } }), []],
  [
    "a terminal",
    compileConsole,
    inProcess({ terminal: true, user }),
    [{ op: "console", at: "/process/terminal", bind: true, width: 0, height: 0, uid: 3 }],
  ],
  [
    "a terminal of a size",
    compileConsole,
    inProcess({ terminal: true, consoleSize: { width: 80, height: 25 } }),
    [{ op: "console", at: "/process/terminal", bind: true, width: 80, height: 25, uid: 0 }],
  ],
  ["no names", compileHostNames, someContext({ hostname: "" }), []],
  [
    "both names",
    compileHostNames,
    someContext({ hostname: "h", domainname: "d" }),
    [
      { op: "hostname", at: "/hostname", name: "h" },
      { op: "domainname", at: "/domainname", name: "d" },
    ],
  ],
  ["a keyring", compileKeyring, someContext(), [{ op: "joinKeyring", at: "", name: "_ses.c1" }]],
  ["no keyring", compileKeyring, someContext({}, {}, { noNewKeyring: true }), []],
  ["no io priority", compileIoPriority, inProcess({}), []],
  [
    "io priority",
    compileIoPriority,
    inProcess({ ioPriority: { class: "IOPRIO_CLASS_BE", priority: 4 } }),
    [{ op: "ioPriority", at: "/process/ioPriority", value: (2 << 13) | 4 }],
  ],
  ["no personality", compilePersonality, inLinux({}), []],
  [
    "LINUX32",
    compilePersonality,
    inLinux({ personality: { domain: "LINUX32" } }),
    [{ op: "personality", at: "/linux/personality", persona: 8 }],
  ],
  [
    "personality with flags",
    compilePersonality,
    inLinux({
      personality: { domain: "LINUX32", flags: ["ADDR_NO_RANDOMIZE", "ADDR_LIMIT_3GB"] },
    }),
    [{ op: "personality", at: "/linux/personality", persona: 0x8040008 }],
  ],
  ["no memory policy", compileMemoryPolicy, inLinux({}), []],
  [
    "a memory policy",
    compileMemoryPolicy,
    inLinux({
      memoryPolicy: { mode: "MPOL_BIND", nodes: "0-2,8,64", flags: ["MPOL_F_STATIC_NODES"] },
    }),
    [
      {
        op: "memoryPolicy",
        at: "/linux/memoryPolicy",
        mode: 2 | (1 << 15),
        nodes: Uint8Array.of(7, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
      },
    ],
  ],
  [
    "the default memory policy",
    compileMemoryPolicy,
    inLinux({ memoryPolicy: { mode: "MPOL_DEFAULT" } }),
    [{ op: "memoryPolicy", at: "/linux/memoryPolicy", mode: 0, nodes: new Uint8Array() }],
  ],
  ["no scheduler", compileScheduler, inProcess({}), []],
  [
    "a nice value",
    compileScheduler,
    inProcess({ scheduler: { policy: "SCHED_OTHER", nice: -5 } }),
    [
      {
        op: "scheduler",
        at: "/process/scheduler",
        policy: 0,
        nice: -5,
        priority: 0,
        flags: 0,
        runtime: 0,
        deadline: 0,
        period: 0,
      },
    ],
  ],
  [
    "a deadline",
    compileScheduler,
    inProcess({
      scheduler: {
        policy: "SCHED_DEADLINE",
        flags: ["SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_DL_OVERRUN"],
        runtime: 2n ** 63n,
        deadline: 20,
        period: 30,
      },
    }),
    [
      {
        op: "scheduler",
        at: "/process/scheduler",
        policy: 6,
        nice: 0,
        priority: 0,
        flags: 5,
        runtime: 2n ** 63n,
        deadline: 20,
        period: 30,
      },
    ],
  ],
  ["no paths", compileRestrictedPaths, inLinux({}), []],
  [
    "restricted paths, the read-only ones first, each mask once",
    compileRestrictedPaths,
    inLinux({ readonlyPaths: ["/r"], maskedPaths: ["/m", "/m/"] }),
    [
      { op: "readonlyPath", at: "/linux/readonlyPaths/0", path: "/r" },
      { op: "maskPath", at: "/linux/maskedPaths/0", path: "/m", label: "" },
    ],
  ],
  [
    "a mask with a label",
    compileRestrictedPaths,
    inLinux({ maskedPaths: ["/m"], mountLabel: "label" }, { selinux: true }),
    [{ op: "maskPath", at: "/linux/maskedPaths/0", path: "/m", label: "label" }],
  ],
  ["no labels", compileApparmor, inProcess({ apparmorProfile: "" }), []],
  ["no SELinux label", compileSelinux, inProcess({ selinuxLabel: "" }), []],
  ["no procfs", compileProc, inLinux({ sysctl: {} }), []],
  [
    "a procfs for sysctls",
    compileProc,
    inLinux({ sysctl: { a: "1" } }),
    [{ op: "openProc", at: "" }],
  ],
  [
    "a procfs for AppArmor",
    compileProc,
    inProcess({ apparmorProfile: "p" }),
    [{ op: "openProc", at: "" }],
  ],
  [
    "a procfs for SELinux",
    compileProc,
    inProcess({ selinuxLabel: "l" }),
    [{ op: "openProc", at: "" }],
  ],
  [
    "an AppArmor profile",
    compileApparmor,
    inProcess({ apparmorProfile: "docker-default" }, { apparmor: true }),
    [
      {
        op: "writeProc",
        at: "/process/apparmorProfile",
        path: "thread-self/attr/apparmor/exec",
        text: "exec docker-default",
      },
    ],
  ],
  [
    "an SELinux label",
    compileSelinux,
    inProcess({ selinuxLabel: "u:r:t" }, { selinux: true }),
    [
      {
        op: "writeProc",
        at: "/process/selinuxLabel",
        path: "thread-self/attr/exec",
        text: "u:r:t",
      },
    ],
  ],
  ["no network devices", compileNetDevices, inLinux({}), []],
  [
    "network devices",
    compileNetDevices,
    inLinux({ netDevices: { eth0: { name: "lan" }, "a~b": {} } }),
    [
      {
        op: "moveNetDevice",
        at: "/linux/netDevices/eth0",
        name: "eth0",
        newName: "lan",
        joined: "",
      },
      { op: "moveNetDevice", at: "/linux/netDevices/a~0b", name: "a~b", newName: "", joined: "" },
    ],
  ],
  ["no sysctls", compileSysctls, inLinux({}), []],
  [
    "sysctls in both forms",
    compileSysctls,
    inLinux({
      sysctl: {
        "net.ipv4.ip_forward": "1",
        "net/ipv4/conf/eth0.100/rp_filter": "0",
        "net.ipv4.conf.eth0/100.rp_filter": "2",
        kernel: "x",
      },
    }),
    [
      {
        op: "writeProc",
        at: "/linux/sysctl/net.ipv4.ip_forward",
        path: "sys/net/ipv4/ip_forward",
        text: "1",
      },
      {
        op: "writeProc",
        at: "/linux/sysctl/net~1ipv4~1conf~1eth0.100~1rp_filter",
        path: "sys/net/ipv4/conf/eth0.100/rp_filter",
        text: "0",
      },
      {
        op: "writeProc",
        at: "/linux/sysctl/net.ipv4.conf.eth0~1100.rp_filter",
        path: "sys/net/ipv4/conf/eth0.100/rp_filter",
        text: "2",
      },
      { op: "writeProc", at: "/linux/sysctl/kernel", path: "sys/kernel", text: "x" },
    ],
  ],
  ["no limits", compileRlimits, inProcess({}), []],
  [
    "limits of 64 bits",
    compileRlimits,
    inProcess({ rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 2n ** 64n - 1n }] }),
    [{ op: "rlimit", at: "/process/rlimits/0", resource: 7, soft: 1024, hard: 2n ** 64n - 1n }],
  ],
  [
    "limits as mips numbers them",
    compileRlimits,
    inProcess({ rlimits: [{ type: "RLIMIT_NOFILE", soft: 1, hard: 2 }] }, { arch: "mips64" }),
    [{ op: "rlimit", at: "/process/rlimits/0", resource: 5, soft: 1, hard: 2 }],
  ],
  [
    "nothing raised without a user namespace",
    compileRaisedRlimits,
    inProcess({ rlimits: [{ type: "RLIMIT_CPU", soft: 1, hard: 2 }] }),
    [],
  ],
  [
    "hard limits raised for a user namespace",
    compileRaisedRlimits,
    someContext({
      process: {
        ...inProcess({}).config.process,
        rlimits: [{ type: "RLIMIT_CPU", soft: 1, hard: 2 }],
      },
      linux: { namespaces: [{ type: "user", path: "/u" }] },
    }),
    [{ op: "raiseRlimit", at: "/process/rlimits/0", resource: 0, hard: 2 }],
  ],
  [
    "no limits to raise",
    compileRaisedRlimits,
    inLinux({ namespaces: [{ type: "user", path: "/u" }] }),
    [],
  ],
  ["no waiting", compileWait, someContext(), []],
];

for (const [name, compile, context, ops] of CASES) {
  test(`${compile.name}(): ${name}`, () => {
    assert.equal(compile(context), ops);
  });
}

test("compileSignals() lets whoever waits for start end, unless it would anyway", () => {
  const waits = { fifoDirectory: "/run/trunc/c1" };
  const own: Linux = { namespaces: [{ type: "pid" }] };
  assert.equal(compileSignals(linuxContext(own, {}, waits)), [
    { op: "exitOnSignals", at: "", signals: [1, 2, 3, 15] },
  ]);
  assert.equal(compileSignals(linuxContext(own)), []);
  assert.equal(compileSignals(linuxContext({}, {}, waits)), []);
});

test("compileWait() waits at two fifos of the state directory", () => {
  const context = someContext({}, {}, { fifoDirectory: "/run/trunc/c1" });
  assert.equal(compileWait(context), [{ op: "waitStart", at: "", go: 0, result: 1 }]);
  assert.equal(context.fds, [
    { op: "fifo", at: "", path: "/run/trunc/c1/start" },
    { op: "fifo", at: "", path: "/run/trunc/c1/result" },
  ]);
});

const ERRORS: readonly (readonly [
  compile: (context: Context) => unknown,
  context: Context,
  message: string,
])[] = [
  [
    compileApparmor,
    inProcess({ apparmorProfile: "p" }),
    '/process/apparmorProfile: apparmor failed to apply profile "p": apparmor not enabled on this host',
  ],
  [
    compileSelinux,
    inProcess({ selinuxLabel: "l" }),
    "/process/selinuxLabel: selinux label is specified in config, but SELinux is disabled or not supported",
  ],
  [
    compileNetDevices,
    inLinux({ netDevices: { eth0: {} } }, { euid: 1 }),
    "/linux/netDevices: network devices are not supported for rootless containers",
  ],
  [
    compileSysctls,
    inLinux({ sysctl: { "kernel/../x": "1" } }),
    '/linux/sysctl/kernel~1..~1x: "kernel/../x" is not the name of a kernel parameter',
  ],
  [
    compileSysctls,
    inLinux({ sysctl: { "kernel..x": "1" } }),
    '/linux/sysctl/kernel..x: "kernel..x" is not the name of a kernel parameter',
  ],
];

for (const [compile, context, message] of ERRORS) {
  test(`${compile.name}() refuses: ${message}`, () => {
    assert.is(
      messageOf(() => compile(context)),
      message,
    );
  });
}

test.run();
