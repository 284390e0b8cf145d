import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/devices");

const device = (rest: object) => ({
  "/linux/devices": [{ type: "c", path: "/dev/a", major: 1, minor: 3, ...rest }],
});
const net = (devices: object) => ({
  "/linux/namespaces": [{ type: "network" }],
  "/linux/netDevices": devices,
});

const CASES: readonly Case[] = [
  ["checkDevices() takes one", device({ fileMode: 438, uid: 0, gid: 0 }), []],
  [
    "checkDevices() takes a fifo without numbers",
    { "/linux/devices": [{ type: "p", path: "/run/fifo" }] },
    [],
  ],
  [
    "checkDevices() wants numbers",
    { "/linux/devices": [{ type: "u", path: "dev" }] },
    [
      '/linux/devices/0/path: "dev" is not an absolute path',
      "/linux/devices/0/major: is missing: a device of type u needs it",
      "/linux/devices/0/minor: is missing: a device of type u needs it",
    ],
  ],
  [
    "checkDevices() knows how large they are",
    device({ type: "b", major: 4096, minor: -1 }),
    [
      "/linux/devices/0/major: 4096 is not a major number, 0 to 4095",
      "/linux/devices/0/minor: -1 is not a minor number, 0 to 1048575",
    ],
  ],
  [
    "device types are a closed list",
    device({ type: "a" }),
    ['/linux/devices/0/type: "a" is not one of c, b, u, p'],
  ],
  [
    "checkNetDevices()",
    net({
      eth0: {},
      eth1: { name: "net1" },
      eth2: { name: "net%d" },
      eth3: { name: "net%d" },
      eth4: { name: "" },
    }),
    [],
  ],
  [
    "checkNetDevices() without a namespace",
    { "/linux/netDevices": { eth0: {} } },
    ["/linux/netDevices: network devices need a network namespace"],
  ],
  ["checkNetDevices() of nothing", { "/linux/netDevices": {} }, []],
  [
    "checkNetDevices() of bad names",
    net({
      ".": { name: "a" },
      "a/b": { name: "b" },
      eth0: { name: "a b" },
      eth1: { name: "sixteen_letters_" },
      "": { name: "x" },
    }),
    [
      '/linux/netDevices/.: "." is not the name of a network device',
      '/linux/netDevices/a~1b: "a/b" is not the name of a network device',
      '/linux/netDevices/eth0/name: "a b" is not the name of a network device',
      '/linux/netDevices/eth1/name: "sixteen_letters_" is not the name of a network device',
      '/linux/netDevices/: "" is not the name of a network device',
    ],
  ],
  [
    "checkNetDevices() of the same name twice",
    net({ eth0: { name: "eth1" }, eth1: {} }),
    ['/linux/netDevices/eth1: a second device would be "eth1"'],
  ],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
