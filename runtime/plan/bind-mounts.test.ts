import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Linux, Mount } from "../config/types.ts";
import { compileBind, compileNotifyMount } from "./bind-mounts.ts";
import type { Facts } from "./facts.ts";
import * as kernel from "./kernel.ts";
import { parseMountOptions } from "./mount-options.ts";
import { compileMounts } from "./mounts.ts";
import { messageOf, someContext } from "./testing.ts";

const test = suite("bind-mounts");

const SLAVE = kernel.MS_SLAVE | kernel.MS_REC;
const MAPS = [{ containerID: 0, hostID: 1000, size: 10 }];
const USER: Linux = {
  namespaces: [{ type: "mount" }, { type: "user" }],
  uidMappings: MAPS,
  gidMappings: MAPS,
};

const bind = (fields: object) => ({
  op: "mountBind",
  at: "/mounts/0",
  target: "/t",
  source: "/s",
  fd: -1,
  recursive: false,
  set: 0,
  clear: 0,
  recursiveSet: 0,
  recursiveClear: 0,
  propagation: SLAVE,
  ...fields,
});
const tree = (fields: object) => ({
  op: "tree",
  at: "/mounts/0",
  source: "/s",
  recursive: false,
  uidMap: "",
  gidMap: "",
  mapOf: "",
  recursiveMap: false,
  ...fields,
});

function compile(mount: Partial<Mount>, linux: Linux = {}, facts: Partial<Facts> = {}) {
  const mounts = [{ destination: "/t", source: "/s", ...mount }];
  const context = someContext(
    { mounts, linux: { namespaces: [{ type: "mount" }], ...linux } },
    facts,
  );
  const { ops, hasForeignDev } = compileMounts(context);
  return { ops, fds: context.fds, warnings: context.warnings, hasForeignDev };
}

const CASES: readonly (readonly [name: string, mount: Partial<Mount>, fields: object])[] = [
  ["as a slave of the host's", { options: ["bind"] }, {}],
  ["recursively and read-only", { options: ["rbind", "ro"] }, { recursive: true, set: 1 }],
  [
    "read-only all the way down, private",
    { options: ["rbind", "rro", "rprivate"] },
    { recursive: true, recursiveSet: 1, propagation: kernel.MS_PRIVATE | kernel.MS_REC },
  ],
  ["writable", { options: ["bind", "rw"] }, { clear: 1 }],
  ["without heed of superblock flags", { options: ["bind", "sync", "defaults"] }, {}],
  ["from the bundle", { source: "data/./x", options: ["bind"] }, { source: "/bundle/data/x" }],
  ["whatever its type says", { type: "ext4", options: ["bind"] }, {}],
];

for (const [name, mount, fields] of CASES) {
  test(`compileBind() binds ${name}`, () => {
    const { ops, fds } = compile(mount);
    assert.equal(ops, [bind(fields)]);
    assert.equal(fds, []);
  });
}

test("compileBind() takes type bind alone for a bind mount, and warns", () => {
  const { ops, warnings } = compile({ type: "bind" });
  assert.equal(ops, [bind({})]);
  assert.equal(warnings, [
    '/mounts/0: type "bind" without the option "bind" or "rbind" is taken as "bind"',
  ]);
});

test("compileBind() says when it covers /dev, and delays its ro", () => {
  const { hasForeignDev, ops } = compile({ destination: "/dev/", options: ["rbind", "ro"] });
  assert.ok(hasForeignDev);
  assert.equal(ops, [bind({ target: "/dev/", recursive: true })]);
});

test("compileBind() follows rootfsPropagation where the mount says nothing", () => {
  const { ops } = compile({ options: ["bind"] }, { rootfsPropagation: "rshared" });
  assert.equal(ops, [bind({ propagation: kernel.MS_SHARED | kernel.MS_REC })]);
  const root = compile({ options: ["bind"] }, { rootfsPropagation: "shared" });
  assert.equal(root.ops, [bind({ propagation: 0 })]);
});

test("compileBind() has root open the sources for a user namespace", () => {
  const { ops, fds } = compile({ options: ["rbind"] }, USER);
  assert.equal(ops, [bind({ fd: 0, recursive: true })]);
  assert.equal(fds, [tree({ recursive: true })]);
});

test("compileBind() leaves the sources to the init where the host has no more rights", () => {
  const { ops, fds } = compile({ options: ["bind"] }, USER, { euid: 1000 });
  assert.equal(ops, [bind({})]);
  assert.equal(fds, []);
});

test("compileBind() leaves them to the init, too, where the host's mounts are somebody else's", () => {
  const facts = { inUserNamespace: true, hasForeignMounts: true };
  assert.equal(compile({ options: ["bind"] }, USER, facts).fds, []);
});

const MAPPED: readonly (readonly [
  name: string,
  mount: Partial<Mount>,
  linux: Linux,
  fields: object,
])[] = [
  [
    "its own mappings",
    { options: ["bind"], uidMappings: MAPS, gidMappings: [{ containerID: 1, hostID: 2, size: 3 }] },
    {},
    { uidMap: "0 1000 10\n", gidMap: "1 2 3\n" },
  ],
  [
    "those of the container",
    { options: ["bind", "idmap"] },
    USER,
    { uidMap: "0 1000 10\n", gidMap: "0 1000 10\n" },
  ],
  [
    "its own mappings, below too",
    { options: ["rbind", "ridmap"], uidMappings: MAPS, gidMappings: MAPS },
    USER,
    { recursive: true, uidMap: "0 1000 10\n", gidMap: "0 1000 10\n", recursiveMap: true },
  ],
  [
    "those of the user namespace that is joined",
    { options: ["bind", "idmap"] },
    { namespaces: [{ type: "mount" }, { type: "user", path: "/proc/7/ns/user" }] },
    { mapOf: "/proc/7/ns/user" },
  ],
];

for (const [name, mount, linux, fields] of MAPPED) {
  test(`compileBind() maps ids with ${name}`, () => {
    assert.equal(compile(mount, linux).fds, [tree(fields)]);
  });
}

const ERRORS: readonly (readonly [
  mount: Partial<Mount>,
  facts: Partial<Facts>,
  message: string,
])[] = [
  [{ source: "", options: ["bind"] }, {}, "/mounts/0: a bind mount needs a source"],
  [
    { options: ["bind"], uidMappings: MAPS, gidMappings: MAPS },
    { euid: 1 },
    "/mounts/0: id-mapped mounts need the privileges of root",
  ],
];

for (const [mount, facts, message] of ERRORS) {
  test(`compileBind() refuses ${JSON.stringify(mount)}`, () => {
    assert.is(
      messageOf(() => compile(mount, {}, facts)),
      message,
    );
  });
}

test("compileBind() passes over options of a file system, with a warning", () => {
  const context = someContext();
  const options = parseMountOptions(["bind", "size=1", "mode=755", "ro"]);
  const mount = { destination: "/d", source: "/s" };
  const op = compileBind(context, { at: "/mounts/0", mount, target: "/d", options });
  assert.equal(op, bind({ target: "/d", set: 1 }));
  assert.equal(context.warnings, [
    '/mounts/0/options: ignored, a bind mount has no file system of its own: "size=1", "mode=755"',
  ]);
});

test("compileNotifyMount() shows the socket directory as runc does", () => {
  assert.equal(compileNotifyMount(someContext()), []);
  const context = someContext({}, {}, { notifyDirectory: "/run/trunc/c1/notify" });
  assert.equal(compileNotifyMount(context), [
    bind({ at: "", target: "/run/notify", source: "/run/trunc/c1/notify", set: 0xf }),
  ]);
});

test.run();
