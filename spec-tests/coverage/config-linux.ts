// Which tests check which sentence of config-linux.md.

import type { Rule } from "../../scripts/spec-coverage/link.ts";

const NAMESPACES = "config-linux/namespaces";
const CGROUPS = "config-linux/cgroups";
const SETTINGS = "config-linux/kernel-settings";
const SECCOMP = "config-linux/seccomp";
const BAD_RDT = "errors/bad-bundles: /linux/intelRdt is";
/** A sentence, and the titles of its tests. */
const RDT_GROUPS: readonly (readonly [says: RegExp, ...tests: string[]])[] = [
  [/write the container process ID/, "no closID", "closID /", "closID alone: the class"],
  [/`intelRdt` is not set/, "no intelRdt: nothing is touched"],
  [/As a special case/, "closID /: the default class"],
  [/rules on parameters MUST be applied/, ""],
  [/If both|first and `memBwSchema` last/, "l3CacheSchema is written first, then memBwSchema"],
  [/If either/, "closID with schemata", "memBwSchema alone"],
  [/If `schemata` field is set/, "l3CacheSchema is written first", "schemata alone is written"],
  [/MUST NOT write to `schemata` files/, "no closID: a class", "closID alone: the class"],
  [/use the container ID from `start` and create/, "no closID: a class named after"],
  [/doesn't exist, the runtimes MUST create it/, "closID with schemata: the class is made"],
  [
    /MUST compare/,
    "closID with the schemas that its class has",
    "closID with another ",
    "a schema that the default class",
  ],
  [/MUST check if/, "closID alone: the class that is there", "closID alone, no such class"],
  [/MUST assign container/, "closID alone: the class that is there", "closID alone, no such class"],
  [/MUST remove the sub-directory/, "no closID: a class named after", "no closID, schemata"],
  [
    /MUST NOT remove the sub-directory/,
    "closID with schemata: the class is made, and stays",
    "closID alone: the class that is there",
    "no closID, a class of the container's name",
  ],
  [/create a dedicated MON group|as the name of the MON group/, "enableMonitoring"],
  [/MUST delete the MON group/, "enableMonitoring"],
  [/maximum number of MON groups/, "no room for one more monitoring", "no room for a monitoring"],
];

const NAMESPACE_KINDS: readonly Rule[] = [
  {
    at: "config-linux.md#namespaces",
    says: /`type` \(string/,
    tests: [
      "errors/required: /linux/namespaces/0/type",
      "errors/bad-bundles: /linux/namespaces is [{",
    ],
  },
  {
    at: "config-linux.md#namespaces",
    says: /types SHOULD be supported/,
    tests: ["features: namespaces", `${NAMESPACES}: `],
  },
  {
    at: "config-linux.md#namespaces",
    says: /absolute path/,
    tests: [
      'errors/bad-bundles: /linux/namespaces is [{"type":"mount"},{"type":"network","path":"relative',
    ],
  },
  {
    at: "config-linux.md#namespaces",
    says: /place the container process/,
    tests: [
      ...["pid", "network", "ipc", "uts", "time", "cgroup"].map(
        (kind) => `${NAMESPACES}: ${kind} with a path is joined`,
      ),
      `${NAMESPACES}: mount with a path`,
      "config-linux/user-namespace: a user namespace joined by path",
    ],
  },
  {
    at: "config-linux.md#namespaces",
    says: /not associated with a namespace/,
    tests: [
      "errors/bad-bundles: a namespace path of another kind",
      "errors/bad-bundles: a namespace path that is no namespace",
    ],
  },
  {
    at: "config-linux.md#namespaces",
    says: /create a new container namespace/,
    tests: ["pid", "network", "ipc", "uts", "mount", "cgroup", "time"].map(
      (kind) => `${NAMESPACES}: ${kind} without a path is new`,
    ),
  },
  {
    at: "config-linux.md#namespaces",
    says: /inherit the runtime/,
    tests: ["pid", "network", "ipc", "uts", "cgroup", "time"].map(
      (kind) => `${NAMESPACES}: ${kind} that is not listed`,
    ),
    because: "without a mount namespace there can be no mounts (docs/conformance.md)",
  },
  {
    at: "config-linux.md#namespaces",
    says: /duplicated/,
    tests: [
      'errors/bad-bundles: /linux/namespaces is [{"type":"mount"},{"type":"pid"},{"type":"pid"}]',
    ],
  },
];

const DEVICES: readonly Rule[] = [
  {
    at: "config-linux.md#devices",
    says: /lists devices/,
    tests: ["config-linux/devices: configured devices: every type, mode and owner"],
  },
  {
    at: "config-linux.md#devices",
    says: /`type` \(string/,
    tests: ["errors/required: /linux/devices/0/type", "errors/bad-bundles: /linux/devices is"],
  },
  {
    at: "config-linux.md#devices",
    says: /`path` \(/,
    tests: ["errors/required: /linux/devices/0/path"],
  },
  {
    at: "config-linux.md#devices",
    says: /does not match the requested/,
    tests: ["config-linux/devices: a file that is no such device"],
  },
  {
    at: "config-linux.md#devices",
    says: /`major, minor` \(/,
    tests: ["errors/required: /linux/devices/0/m"],
  },
  {
    at: "config-linux.md#devices",
    says: /SHOULD NOT be used for multiple/,
    because: "of who writes the config; such devices are made",
    tests: ["odd-bundles/sizes: 200 supplementary groups, 100 devices"],
  },
  {
    at: "config-linux.md#default-devices",
    tests: [
      "config-linux/devices: default devices",
      "config-linux/user-namespace: default devices",
    ],
  },
  {
    at: "config-linux.md#allowed-device-list",
    says: /listed order/,
    tests: [
      "config-linux/devices: device rules: allowed, then denied",
      "config-linux/devices: device rules: everything allowed, then one denied",
    ],
  },
  {
    at: "config-linux.md#allowed-device-list",
    says: /`allow`/,
    tests: ["errors/required: /linux/resources/devices/0/allow"],
  },
];

const NET: readonly Rule[] = [
  {
    at: "config-linux.md#network-devices",
    says: /set of network devices/,
    tests: [`${SETTINGS}: netDevices moves an interface`],
  },
  {
    at: "config-linux.md#network-devices",
    says: /check if moving|already exists/,
    tests: [
      `${SETTINGS}: netDevices: a name that is taken is an error`,
      `${SETTINGS}: netDevices that is missing`,
    ],
  },
  {
    at: "config-linux.md#network-devices",
    says: /allow the move/,
    tests: [`${SETTINGS}: netDevices: a name that is taken is an error, %d makes a free one`],
  },
  {
    at: "config-linux.md#network-devices",
    says: /preserve|"up"/,
    tests: [`${SETTINGS}: netDevices: up at the end, all addresses kept`],
  },
  {
    at: "config-linux.md#namespace-lifecycle*",
    tests: [`${SETTINGS}: netDevices: up at the end, all addresses kept, gone with`],
  },
];

const CONTROL_GROUPS: readonly Rule[] = [
  {
    at: "config-linux.md#control-groups",
    tests: [`${CGROUPS}: a second container may use a cgroup that exists and is empty`],
    because:
      "the check is a MAY; one that is frozen or has processes of others is found at the clone",
  },
  {
    at: "config-linux.md#cgroups-path",
    says: /either an absolute/,
    tests: [`${CGROUPS}: absolute: `, `${CGROUPS}: relative: `],
  },
  {
    at: "config-linux.md#cgroups-path",
    says: /case of an absolute/,
    tests: [`${CGROUPS}: absolute: `, `${CGROUPS}: absolute and nested`],
  },
  {
    at: "config-linux.md#cgroups-path",
    says: /consistently attach/,
    tests: [`${CGROUPS}: a second container may use`, `${CGROUPS}: absolute: `],
  },
  {
    at: "config-linux.md#cgroups-path",
    says: /to be invalid/,
    tests: [`${CGROUPS}: dots do not lead out`],
  },
  {
    at: "config-linux.md#cgroup-ownership",
    says: /^Runtimes SHOULD NOT change the ownership of container cgroups when/,
    tests: ["config-linux/cgroup-ownership: cgroup v1"],
    unit: ["runtime/plan/cgroup/ownership.test.ts"],
  },
  {
    at: "config-linux.md#cgroup-ownership",
    tests: ["config-linux/cgroup-ownership: "],
    unit: ["runtime/plan/cgroup/ownership.test.ts"],
  },
  {
    at: "config-linux.md#memory",
    tests: ["runtime/update: update refuses a limit below what v1 has in use"],
  },
  {
    at: "config-linux.md#cpu",
    tests: [
      'errors/bad-bundles: /linux/resources/cpu is {"quota":50000,"burst":60000}',
      "config-linux/resources: cpu.burst",
      "runtime/update: update lowers a burst",
    ],
  },
  {
    at: "config-linux.md#block-io",
    says: /`major, minor`/,
    tests: ["errors/required: /linux/resources/blockIO/"],
  },
  {
    at: "config-linux.md#block-io",
    says: /`rate`/,
    tests: ["errors/required: /linux/resources/blockIO/throttle"],
  },
  {
    at: "config-linux.md#block-io",
    says: /at least one of `weight`/,
    tests: ["errors/bad-bundles: a weightDevice without a weight"],
  },
  {
    at: "config-linux.md#huge-page-limits",
    tests: ["errors/required: /linux/resources/hugepageLimits/"],
  },
  {
    at: "config-linux.md#network",
    tests: ["errors/required: /linux/resources/network/priorities/"],
  },
  {
    at: "config-linux.md#pids",
    tests: ["config-linux/resources: pids.limit"],
    unit: ["runtime/plan/cgroup/limits.test.ts"],
    because:
      "0 is a limit: written as 1, which is the same once the first process is there, and what systemd takes",
  },
  {
    at: "config-linux.md#rdma",
    tests: ["errors/bad-bundles: rdma of a device without a limit"],
  },
  {
    at: "config-linux.md#unified",
    says: /controller that is not present/,
    tests: ["errors/bad-bundles: /linux/resources/unified is"],
    unit: ["runtime/plan/cgroup/limits.test.ts"],
  },
  {
    at: "config-linux.md#unified",
    tests: [
      "config-linux/resources: unified: the files of these names",
      "runtime/update: update --resources takes files of cgroup v2",
    ],
    unit: ["runtime/plan/cgroup/limits.test.ts"],
  },
  {
    at: "config-linux.md#example",
    tests: [
      "errors/bad-bundles: swap without a memory limit, which cgroup v2",
      "errors/bad-bundles: less memory and swap than memory, which cgroup v2",
    ],
    unit: ["runtime/plan/cgroup/limits.test.ts"],
    because:
      "what v2 has nothing like (swappiness, disableOOMKiller, leafWeight, realtime) is passed over with a warning: engines send it",
  },
];

const RDT: readonly Rule[] = [
  {
    at: "config-linux.md#intelrdt",
    says: /no mounted|is available in/,
    tests: [`${SETTINGS}: intelRdt where there is none`],
  },
  {
    at: "config-linux.md#intelrdt",
    says: /SHOULD start with `L3:`/,
    tests: [`${BAD_RDT} {"l3CacheSchema"`],
    because: "newlines are refused; what it starts with is left to the kernel",
  },
  {
    at: "config-linux.md#intelrdt",
    says: /MUST start with `MB:`/,
    tests: [`${BAD_RDT} {"memBwSchema"`],
  },
  {
    at: "config-linux.md#intelrdt",
    says: /^The value MUST NOT contain newlines/,
    tests: [`${BAD_RDT} {"schemata"`],
  },
  ...RDT_GROUPS.map(([says, ...tests]) => ({
    at: "config-linux.md#intelrdt",
    says,
    tests: tests.map((name) => `config-linux/intel-rdt: ${name}`),
    because: "the probe plays the file system: no machine of the tests has resctrl",
  })),
];

const SECCOMP_RULES: readonly Rule[] = [
  {
    at: "config-linux.md#seccomp",
    says: /`defaultAction`/,
    tests: [
      "errors/required: /linux/seccomp/defaultAction",
      'errors/bad-bundles: /linux/seccomp is {"defaultAction":"SCMP_ACT_BOGUS"}',
    ],
  },
  {
    at: "config-linux.md#seccomp",
    says: /support an errno/,
    tests: ["errors/bad-bundles: an errno of a seccomp "],
  },
  {
    at: "config-linux.md#seccomp",
    says: /AF_UNIX|exactly one|NOT be reused/,
    tests: [`${SECCOMP}: NOTIFY: the listener's message`],
  },
  {
    at: "config-linux.md#seccomp",
    says: /sending to this socket fails/,
    tests: [`${SECCOMP}: NOTIFY with nobody at listenerPath`],
  },
  {
    at: "config-linux.md#seccomp",
    says: /`seccompFd`/,
    tests: [`${SECCOMP}: NOTIFY: the listener's message`],
  },
  {
    at: "config-linux.md#seccomp",
    says: /if `listenerPath` is not set/,
    tests: ["errors/bad-bundles: seccomp metadata without a listener"],
  },
  {
    at: "config-linux.md#seccomp",
    says: /`(?:names|action)`/,
    tests: [
      "errors/required: /linux/seccomp/syscalls/0/names",
      "errors/required: /linux/seccomp/syscalls/0/action",
      "errors/bad-bundles: a seccomp rule without a name",
    ],
  },
  {
    at: "config-linux.md#seccomp",
    says: /`(?:index|value|op)`/,
    tests: ["errors/required: /linux/seccomp/syscalls/0/args/0/"],
  },
  {
    at: "config-linux.md#the-container-process-state",
    tests: [`${SECCOMP}: NOTIFY: the listener's message`],
  },
];

export const CONFIG_LINUX: readonly Rule[] = [
  {
    at: "config-linux.md#default-filesystems",
    tests: [
      "config/mounts: type proc",
      "config/mounts: type sysfs",
      "config/mounts: type devpts",
      "runtime/cli: spec writes a config.json that runs",
    ],
    because:
      "by the mounts of the config, which `spec` writes: nothing is mounted that it does not list",
  },
  ...NAMESPACE_KINDS,
  {
    at: "config-linux.md#user-namespace-mappings",
    says: /containerID|hostID|`size`/,
    tests: ["errors/required: /linux/uidMappings/0/"],
  },
  {
    at: "config-linux.md#user-namespace-mappings",
    says: /NOT modify the ownership|ownership of referenced/,
    tests: ["config-linux/user-namespace: what is in the root file system keeps its owners"],
  },
  ...DEVICES,
  ...NET,
  ...CONTROL_GROUPS,
  ...RDT,
  {
    at: "config-linux.md#memory-policy",
    tests: ["errors/required: /linux/memoryPolicy/mode", `${SETTINGS}: memoryPolicy `],
  },
  ...SECCOMP_RULES,
  {
    at: "config-linux.md#masked-paths",
    tests: ["errors/bad-bundles: /linux/maskedPaths is"],
  },
  {
    at: "config-linux.md#readonly-paths",
    tests: ["errors/bad-bundles: /linux/readonlyPaths is"],
  },
  {
    at: "config-linux.md#personality",
    tests: [
      "errors/required: /linux/personality/domain",
      "errors/bad-bundles: /linux/personality is",
    ],
  },
];
