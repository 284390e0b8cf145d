import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../config/types.ts";
import { compileDevices } from "./devices.ts";
import type { Facts } from "./facts.ts";
import { linuxContext } from "./testing.ts";

const test = suite("devices");

const node = (path: string, major: number, minor: number, fields: object = {}) => ({
  op: "makeDevice",
  at: "",
  path,
  kind: 0o020000,
  major,
  minor,
  mode: 0o666,
  uid: 0,
  gid: 0,
  ...fields,
});
const link = (path: string, target: string, replace = false) => ({
  op: "symlink",
  at: "",
  path,
  target,
  replace,
});

const DEFAULTS = [
  node("/dev/null", 1, 3),
  node("/dev/random", 1, 8),
  node("/dev/full", 1, 7),
  node("/dev/tty", 5, 0),
  node("/dev/zero", 1, 5),
  node("/dev/urandom", 1, 9),
];
const LINKS = [
  link("/dev/ptmx", "pts/ptmx", true),
  link("/dev/fd", "/proc/self/fd"),
  link("/dev/stdin", "/proc/self/fd/0"),
  link("/dev/stdout", "/proc/self/fd/1"),
  link("/dev/stderr", "/proc/self/fd/2"),
  link("/dev/core", "/proc/kcore"),
];

function compile(devices: readonly Device[], facts: Partial<Facts> = {}) {
  return compileDevices(linuxContext({ devices }, facts));
}

test("compileDevices() makes the default devices and links (config-linux.md#default-devices)", () => {
  assert.equal(compile([]), [...DEFAULTS, ...LINKS]);
});

const OWN: readonly (readonly [device: Device, op: object])[] = [
  [{ path: "/dev/fuse", type: "c", major: 10, minor: 229 }, node("/dev/fuse", 10, 229)],
  [
    { path: "/dev/sda", type: "b", major: 8, minor: 0, fileMode: 0o060640, uid: 1, gid: 2 },
    node("/dev/sda", 8, 0, { kind: 0o060000, mode: 0o640, uid: 1, gid: 2 }),
  ],
  [
    { path: "/dev/u", type: "u", major: 1, minor: 3, fileMode: 0 },
    node("/dev/u", 1, 3, { mode: 0 }),
  ],
  [
    { path: "/run/fifo", type: "p", major: 9, minor: 9 },
    node("/run/fifo", 0, 0, { kind: 0o010000 }),
  ],
];

for (const [device, op] of OWN) {
  test(`compileDevices() makes ${device.path} of type ${device.type}`, () => {
    const ops = compile([device]);
    assert.equal(ops[DEFAULTS.length], { ...op, at: "/linux/devices/0" });
  });
}

test("compileDevices() lets the config have its own version of a default device", () => {
  const ops = compile([{ path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 0o600 }]);
  const nulls = ops.filter((op) => op.op === "makeDevice" && op.path === "/dev/null");
  assert.equal(nulls, [node("/dev/null", 1, 3, { at: "/linux/devices/0", mode: 0o600 })]);
});

test("compileDevices() leaves /dev/ptmx to devpts", () => {
  assert.equal(compile([{ path: "/dev//ptmx", type: "c", major: 5, minor: 2 }]), [
    ...DEFAULTS,
    ...LINKS,
  ]);
});

test("compileDevices() binds the host's nodes where mknod(2) is refused, fifos excepted", () => {
  const devices: Device[] = [
    { path: "/dev/fuse", type: "c", major: 10, minor: 229 },
    { path: "/run/fifo", type: "p" },
  ];
  const ops = compile(devices, { inUserNamespace: true });
  assert.equal(
    ops.slice(0, 8).map((op) => op.op),
    [...Array(7).fill("mountBind"), "makeDevice"],
  );
  assert.equal(ops[6], {
    op: "mountBind",
    at: "/linux/devices/0",
    target: "/dev/fuse",
    source: "/dev/fuse",
    fd: -1,
    recursive: false,
    set: 0,
    clear: 0,
    recursiveSet: 0,
    recursiveClear: 0,
    propagation: 0,
  });
});

test.run();
