import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config, Linux, Mount } from "../config/types.ts";
import type { Facts } from "./facts.ts";
import * as kernel from "./kernel.ts";
import { compileMounts } from "./mounts.ts";
import { messageOf, someContext } from "./testing.ts";

const test = suite("mounts");

function context(mounts: readonly Mount[], linux: Linux = {}, facts: Partial<Facts> = {}) {
  const config: Partial<Config> = { mounts, linux: { namespaces: [{ type: "mount" }], ...linux } };
  return someContext(config, facts);
}

const fs = (fields: object) => ({
  op: "mountFs",
  at: "/mounts/0",
  params: [],
  attrs: 0,
  propagation: 0,
  copyUp: false,
  ...fields,
});
const attr = (fields: object) => ({
  op: "setMountAttr",
  at: "/mounts/0",
  set: 0,
  clear: 0,
  propagation: 0,
  recursive: false,
  ...fields,
});

const FILE_SYSTEMS: readonly (readonly [name: string, mount: Mount, op: object])[] = [
  [
    "proc",
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    fs({ target: "/proc", fstype: "proc", params: ["source=proc"], attrs: 0xe }),
  ],
  [
    "a tmpfs with options, superblock flags and tmpcopyup",
    {
      destination: "/run",
      type: "tmpfs",
      source: "tmpfs",
      options: ["size=1m", "sync", "tmpcopyup", "noatime", "rnodev", "rslave"],
    },
    fs({
      target: "/run",
      fstype: "tmpfs",
      params: ["source=tmpfs", "sync", "size=1m"],
      attrs: 0x14,
      propagation: kernel.MS_SLAVE | kernel.MS_REC,
      copyUp: true,
    }),
  ],
  [
    "a relative destination, without a source",
    { destination: "mnt", type: "ramfs" },
    fs({ target: "/mnt", fstype: "ramfs" }),
  ],
  [
    "a destination that repeats the root file system",
    { destination: "/bundle/rootfs/mnt", type: "ramfs" },
    fs({ target: "/mnt", fstype: "ramfs" }),
  ],
  [
    "sysfs read-only at once",
    { destination: "/sys", type: "sysfs", options: ["ro"] },
    fs({ target: "/sys", fstype: "sysfs", attrs: 1 }),
  ],
];

for (const [name, mount, op] of FILE_SYSTEMS) {
  test(`compileMounts() mounts ${name}`, () => {
    assert.equal(compileMounts(context([mount])), { ops: [op], late: [], hasForeignDev: false });
  });
}

test("compileMounts() keeps the listed order, doubles too (config.md#mounts)", () => {
  const mounts = ["/b", "/a", "/b"].map((destination) => ({ destination, type: "tmpfs" }));
  const { ops } = compileMounts(context(mounts));
  assert.equal(
    ops.map((op) => op.op === "mountFs" && [op.at, op.target]),
    [
      ["/mounts/0", "/b"],
      ["/mounts/1", "/a"],
      ["/mounts/2", "/b"],
    ],
  );
});

test("compileMounts() makes tmpfs and /dev read-only late", () => {
  const mounts = [
    { destination: "/dev/", type: "devtmpfs", options: ["ro"] },
    { destination: "/t", type: "tmpfs", options: ["ro"] },
  ];
  const { ops, late } = compileMounts(context(mounts));
  assert.equal(
    ops.map((op) => op.op === "mountFs" && op.attrs),
    [0, 0],
  );
  assert.equal(late, [
    attr({ path: "/dev/", set: 1 }),
    attr({ at: "/mounts/1", path: "/t", set: 1 }),
  ]);
});

test("compileMounts() takes a remount for a change of what is there", () => {
  const options = ["remount", "ro", "nosuid", "rprivate"];
  const { ops, late } = compileMounts(context([{ destination: "/dev", options }]));
  const { MS_PRIVATE: propagation } = kernel;
  assert.equal(ops, [
    attr({ path: "/dev", set: 3 }),
    attr({ path: "/dev", propagation, recursive: true }),
  ]);
  assert.equal(late, []);
});

test("compileMounts() applies a second propagation word after the first", () => {
  const options = ["rslave", "shared", "rshared"];
  const { ops } = compileMounts(context([{ destination: "/t", type: "tmpfs", options }]));
  const propagation = kernel.MS_SHARED;
  assert.equal(ops.slice(1), [
    attr({ path: "/t", propagation }),
    attr({ path: "/t", propagation, recursive: true }),
  ]);
});

test("compileMounts() drops an unmapped group of devpts in a user namespace only", () => {
  const mount = { destination: "/dev/pts", type: "devpts", options: ["gid=5", "mode=0620"] };
  const maps = [{ containerID: 0, hostID: 1000, size: 1 }];
  const user: Linux = {
    namespaces: [{ type: "mount" }, { type: "user" }],
    uidMappings: maps,
    gidMappings: maps,
  };
  const many: Linux = { ...user, gidMappings: [{ containerID: 0, hostID: 1000, size: 10 }] };
  const params = (linux: Linux) => {
    const [op] = compileMounts(context([mount], linux)).ops;
    return op?.op === "mountFs" && op.params;
  };
  assert.equal(params({}), ["gid=5", "mode=0620"]);
  assert.equal(params(user), ["mode=0620"]);
  assert.equal(params(many), ["gid=5", "mode=0620"]);
});

test("compileMounts() labels file systems, procfs excepted, and only where SELinux is on", () => {
  const mounts = [
    { destination: "/t", type: "tmpfs" },
    { destination: "/proc", type: "proc" },
  ];
  const compile = (selinux: boolean) =>
    compileMounts(context(mounts, { mountLabel: "u:r:t:s0:c1,c2" }, { selinux })).ops;
  assert.equal(
    compile(true).map((op) => op.op === "mountFs" && op.params),
    [["context=u:r:t:s0:c1,c2"], []],
  );
  assert.is(
    messageOf(() => compile(false)),
    "/linux/mountLabel: selinux label is specified in config, but SELinux is disabled or not supported",
  );
});

test("compileMounts() gives the layers of a long overlay one by one", () => {
  const long = Array.from({ length: 30 }, (_, index) => `/layers/${index}/diff`).join(":");
  const mount = (lower: string) => ({
    destination: "/o",
    type: "overlay",
    options: [`lowerdir=${lower}`],
  });
  const params = (lower: string) => {
    const [op] = compileMounts(context([mount(lower)])).ops;
    return op?.op === "mountFs" ? op.params : [];
  };
  assert.equal(params("/a:/b"), ["lowerdir=/a:/b"]);
  assert.is(params(long).length, 30);
  assert.equal(params(`${long}::/data\\:x`).slice(-2), [
    "lowerdir+=/layers/29/diff",
    "datadir+=/data:x",
  ]);
  const wide = "ü".repeat(100);
  assert.equal(params(wide), [`lowerdir=${wide}`]);
  assert.equal(params(`${wide}:${wide}`), [`lowerdir+=${wide}`, `lowerdir+=${wide}`]);
});

const ERRORS: readonly (readonly [mount: Mount, message: string])[] = [
  [
    { destination: "/", type: "tmpfs" },
    "/mounts/0/destination: the root file system itself can't be covered",
  ],
  [
    { destination: "/proc", type: "tmpfs" },
    '/mounts/0: "/proc" cannot be mounted because it is not of type proc',
  ],
  [
    { destination: "/x/../proc/self", type: "tmpfs" },
    '/mounts/0: "/proc/self" cannot be mounted because it is inside /proc',
  ],
  [
    { destination: "/x", source: "/y" },
    '/mounts/0: a mount of type "" is nothing (for a bind mount add "bind" or "rbind" to its options)',
  ],
  [
    { destination: "/x", type: "nfs", source: `server:/${"d".repeat(248)}` },
    "/mounts/0/source: source is longer than the 255 bytes that fsconfig(2) takes",
  ],
  [
    { destination: "/x", type: "overlay", options: [`upperdir=/${"ü".repeat(128)}`] },
    "/mounts/0/options: upperdir is longer than the 255 bytes that fsconfig(2) takes",
  ],
  [
    { destination: "/x", options: ["remount", "size=1"] },
    `/mounts/0/options: a remount can't change "size=1"`,
  ],
];

for (const [mount, message] of ERRORS) {
  test(`compileMounts() refuses ${JSON.stringify(mount)}`, () => {
    assert.is(
      messageOf(() => compileMounts(context([mount]))),
      message,
    );
  });
}

test("compileMounts() lets files of procfs be covered, and /proc by a bind mount", () => {
  const options = ["bind"];
  const mounts = [
    { destination: "/proc", source: "/proc", options },
    { destination: "/proc/cpuinfo", source: "/lxcfs/cpuinfo", options },
  ];
  assert.is(compileMounts(context(mounts)).ops.length, 2);
});

test("compileMounts() wants a mount namespace for mounts", () => {
  const config = { mounts: [{ destination: "/t", type: "tmpfs" }], linux: { namespaces: [] } };
  assert.match(
    messageOf(() => compileMounts(someContext(config))),
    /^\/mounts: mounts without a mount namespace would stay on the host/,
  );
  assert.equal(compileMounts(someContext({ linux: { namespaces: [] } })).ops, []);
});

test.run();
