import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/namespaces");

const ROOT = { containerID: 0, hostID: 1000, size: 1 };
const user = (mappings: object, path?: string) => ({
  "/linux/namespaces": [{ type: "user", ...(path !== undefined && { path }) }],
  ...Object.fromEntries(Object.entries(mappings).map(([name, value]) => [`/linux/${name}`, value])),
});

const CASES: readonly Case[] = [
  [
    "checkNamespaces() refuses duplicates and relative paths",
    {
      "/linux/namespaces": [
        { type: "ipc" },
        { type: "ipc", path: "ns/ipc" },
        { type: "time", path: "" },
      ],
    },
    [
      "/linux/namespaces/1: a second ipc namespace",
      '/linux/namespaces/1/path: "ns/ipc" is not an absolute path',
    ],
  ],
  [
    "namespace types are a closed list",
    { "/linux/namespaces": [{ type: "net" }, {}] },
    [
      '/linux/namespaces/0/type: "net" is not one of pid, network, mount, ipc, uts, user, cgroup, time',
      "/linux/namespaces/1/type: is missing",
    ],
  ],
  ["checkHostNames() passes empty names over", { "/hostname": "", "/domainname": "" }, []],
  [
    "checkHostNames() with a namespace, new or joined",
    {
      "/hostname": "a",
      "/domainname": "b",
      "/linux/namespaces": [{ type: "uts", path: "/proc/1/ns/uts" }],
    },
    [],
  ],
  [
    "checkHostNames() without",
    { "/hostname": "a", "/domainname": "b" },
    ['/hostname: "a" needs a uts namespace', '/domainname: "b" needs a uts namespace'],
  ],
  [
    "checkHostNames() without a linux section",
    { "/hostname": "a", "/linux": undefined },
    ['/hostname: "a" needs a uts namespace'],
  ],
  [
    "checkHostNames() knows what fits",
    { "/hostname": "a".repeat(65), "/linux/namespaces": [{ type: "uts" }] },
    [`/hostname: "${"a".repeat(59)}... (65 characters) is longer than 64 characters`],
  ],
  ["checkUserNamespace() with mappings", user({ uidMappings: [ROOT], gidMappings: [ROOT] }), []],
  ["checkUserNamespace() joined", user({}, "/proc/1/ns/user"), []],
  [
    "checkUserNamespace() joined, with mappings",
    user({ uidMappings: [ROOT] }, "/proc/1/ns/user"),
    [],
  ],
  [
    "checkUserNamespace() without mappings",
    user({ uidMappings: [ROOT] }),
    ["/linux/gidMappings: a new user namespace needs at least one mapping"],
  ],
  [
    "checkUserNamespace() with mappings alone",
    { "/linux/uidMappings": [ROOT] },
    ["/linux/uidMappings: mappings need a user namespace"],
  ],
  [
    "checkRanges() takes the whole range of ids",
    user({
      uidMappings: [{ containerID: 0, hostID: 0, size: 4294967295 }],
      gidMappings: [{ containerID: 4294967294, hostID: 0, size: 1 }],
    }),
    [],
  ],
  [
    "checkRanges() refuses what the kernel would",
    user({
      uidMappings: [
        { containerID: 0, hostID: 10, size: 10 },
        { containerID: 10, hostID: 19, size: 5 },
        { containerID: 5, hostID: 100, size: 1 },
      ],
      gidMappings: [{ containerID: 0, hostID: 4294967294, size: 2 }],
    }),
    [
      "/linux/uidMappings/1: overlaps entry 0 in hostID",
      "/linux/uidMappings/2: overlaps entry 0 in containerID",
      "/linux/gidMappings/0: hostID + size = 4294967296 is more than 4294967295",
    ],
  ],
  [
    "an empty mapping is none",
    user({ uidMappings: [{ containerID: 0, hostID: 0, size: 0 }], gidMappings: [ROOT] }),
    ["/linux/uidMappings/0/size: 0 is not an integer from 1 to 4294967295"],
  ],
  [
    "checkTimeOffsets() with a new namespace",
    {
      "/linux/timeOffsets": {
        monotonic: { secs: -5 },
        boottime: { secs: 2n ** 62n, nanosecs: 999999999 },
      },
      "/linux/namespaces": [{ type: "time" }],
    },
    [],
  ],
  ["checkTimeOffsets() of nothing", { "/linux/timeOffsets": {} }, []],
  [
    "checkTimeOffsets() without, and of a clock that has none",
    { "/linux/timeOffsets": { realtime: {} } },
    [
      "/linux/timeOffsets: offsets need a time namespace",
      '/linux/timeOffsets/realtime: "realtime" is not one of monotonic, boottime',
    ],
  ],
  [
    "checkTimeOffsets() of a joined namespace",
    {
      "/linux/timeOffsets": { boottime: {} },
      "/linux/namespaces": [{ type: "time", path: "/ns" }],
    },
    ["/linux/timeOffsets: offsets can't be given to a time namespace that is joined by path"],
  ],
  [
    "checkMountNamespace()",
    { "/linux/namespaces": [], "/linux/maskedPaths": ["/a"], "/linux/readonlyPaths": ["/b"] },
    [
      "/linux/maskedPaths: restricted paths need a mount namespace",
      "/linux/readonlyPaths: restricted paths need a mount namespace",
    ],
  ],
  ["checkMountNamespace() of nothing", { "/linux/namespaces": [], "/linux/maskedPaths": [] }, []],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
