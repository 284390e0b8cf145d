import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fakeWorld, syscallError } from "../host/testing.ts";
import type { State } from "../lifecycle/state.ts";
import { checkId } from "./ids.ts";
import { absolutePath } from "./paths.ts";
import { type Caller, rootOf } from "./root.ts";
import { claim, discard, ids, isLocked, isUsed, load, lock, save, saveConfig } from "./store.ts";

const test = suite("store");

for (const id of ["a", "A-1", "_x", "-x", "+", "a.b", "a+b_c", "x".repeat(255)]) {
  test(`checkId() takes ${id.slice(0, 20)}`, () => checkId(id));
}
for (const id of [".", "..", ".a", "a/b", "a b", "a:b", "a@b", "a\n", "ä", "x".repeat(256)]) {
  test(`checkId() refuses ${JSON.stringify(id.slice(0, 20))}`, () => {
    assert.throws(() => checkId(id), /^invalid container ID format: /u);
  });
}
test("checkId() refuses nothing at all in runc's words", () => {
  assert.throws(
    () => checkId(""),
    (error: Error) => error.message === "container id cannot be empty",
  );
});

const PATHS: [path: string, absolute: string][] = [
  ["/a/b", "/a/b"],
  ["a", "/cwd/a"],
  [".", "/cwd"],
  ["../x//y/", "/x/y"],
  ["/a/../../b", "/b"],
  ["/", "/"],
];
for (const [path, absolute] of PATHS) {
  test(`absolutePath() makes ${path} ${absolute}`, () => {
    assert.is(
      absolutePath(path, () => "/cwd"),
      absolute,
    );
  });
}

const caller = (more: Partial<Caller> & { vars?: Record<string, string> } = {}): Caller => ({
  env: (name) => more.vars?.[name],
  cwd: () => "/cwd",
  euid: () => 0,
  isInUserNamespace: () => false,
  ...more,
});
const USER = { XDG_RUNTIME_DIR: "/run/user/1000" };
const ROOTS: [title: string, caller: Caller, path: string, mode: number][] = [
  ["root's", caller(), "/run/trunc", 0o700],
  ["the option's", caller({ option: "/x/" }), "/x", 0o700],
  ["a relative option's", caller({ option: "x" }), "/cwd/x", 0o700],
  ["an ordinary user's", caller({ vars: USER, euid: () => 1000 }), "/run/user/1000/trunc", 0o1700],
  ["root's who has a session", caller({ vars: USER }), "/run/trunc", 0o700],
  [
    "podman's, which empties the variable",
    caller({ vars: { XDG_RUNTIME_DIR: "" }, euid: () => 1000 }),
    "/run/trunc",
    0o700,
  ],
  [
    "a user namespace's root's",
    caller({ vars: USER, isInUserNamespace: () => true }),
    "/run/user/1000/trunc",
    0o1700,
  ],
  [
    "sudo's in a user namespace",
    caller({ vars: { ...USER, USER: "root" }, isInUserNamespace: () => true }),
    "/run/trunc",
    0o700,
  ],
];
for (const [title, who, path, mode] of ROOTS) {
  const isDefault = who.option === undefined;
  test(`rootOf() is ${title}`, () =>
    assert.equal(rootOf(who), { path, mode, ...(isDefault && { isDefault }) }));
}
test("rootOf() asks for nothing that it does not need", () => {
  const never = (): never => {
    throw new Error("asked");
  };
  const { path } = rootOf({
    option: "/x",
    env: never,
    cwd: never,
    euid: never,
    isInUserNamespace: never,
  });
  assert.is(path, "/x");
});
test("rootOf() refuses the root directory in runc's words", () => {
  assert.throws(
    () => rootOf(caller({ option: "/a/.." })),
    (error: Error) => error.message === "Option --root argument should not be set to /",
  );
});

const STATE: State = {
  version: 1,
  ociVersion: "1.3.0",
  id: "c1",
  bundle: "/b",
  rootfs: "/b/rootfs",
  created: "2026-11-22T14:00:50.123Z",
  owner: 0,
  isReady: false,
  hasPidNamespace: true,
  cgroups: [],
};

function storeIn() {
  const world = fakeWorld();
  return { world, store: { host: world.host, root: { path: "/run/trunc", mode: 0o700 } } };
}

test("claim() makes a directory that nobody else can have", () => {
  const { world, store } = storeIn();
  const held = claim(store, "c1");
  assert.ok(isUsed(store, "c1") && isLocked(store, "c1"));
  held.close();
  assert.not.ok(isLocked(store, "c1"));
  assert.throws(() => claim(store, "c1"), /^container with given ID already exists/);
  assert.is(world.locks.size, 0);
});

test("claim() says what it could not make", () => {
  const { world, store } = storeIn();
  world.failures.set("makeDirs", syscallError("mkdir", "EROFS"));
  assert.throws(
    () => claim(store, "c1"),
    /^cannot make the state directory \/run\/trunc: mkdir: EROFS/,
  );
  world.failures.clear();
  world.failures.set("makeDir", syscallError("mkdir", "EACCES"));
  assert.throws(
    () => claim(store, "c1"),
    /^cannot make \/run\/trunc\/c1: mkdir: EACCES \(permission denied\)/,
  );
  world.failures.set("makeDir", new Error("defect"));
  assert.throws(() => claim(store, "c1"), /^defect$/);
});

test("claim() leaves no directory that it can't lock", () => {
  const { world } = storeIn();
  const host = {
    ...world.host,
    lock: () => {
      throw syscallError("flock", "EACCES");
    },
  };
  const store = { host, root: { path: "/run/trunc", mode: 0o700 } };
  assert.throws(() => claim(store, "c1"), /^flock: permission denied$/);
  assert.not.ok(isUsed(store, "c1"));
});

test("lock() tells a missing container from one that is at work", () => {
  const { world, store } = storeIn();
  assert.throws(() => lock(store, "c1"), /^container does not exist$/);
  claim(store, "c1");
  assert.throws(
    () => lock(store, "c1"),
    /^another command has been working on container c1 for 10 seconds/,
  );
  world.locks.clear();
  lock(store, "c1").close();
});

test("lock() passes other failures on", () => {
  const { world } = storeIn();
  const host = {
    ...world.host,
    lock: () => {
      throw syscallError("open", "EACCES");
    },
  };
  const store = { host, root: { path: "/run/trunc", mode: 0o700 } };
  assert.throws(() => lock(store, "c1"), /^open: permission denied$/);
});

test("load() gives back what save() wrote", () => {
  const { store } = storeIn();
  claim(store, "c1");
  assert.throws(() => load(store, "c1"), /^container does not exist$/);
  save(store, STATE);
  assert.equal(load(store, "c1"), STATE);
  discard(store, "c1");
  assert.throws(() => load(store, "c1"), /^container does not exist$/);
  assert.throws(() => load(store, "a/b"), /^invalid container ID format/);
});

for (const text of [
  "",
  "[]",
  "null",
  "{}",
  '{"version":2,"id":"c1","cgroups":[]}',
  '{"version":1,"id":"c2","cgroups":[]}',
]) {
  test(`load() refuses ${text || "an empty file"}`, () => {
    const { world, store } = storeIn();
    world.files.set("/run/trunc/c1/state.json", text);
    assert.throws(() => load(store, "c1"), /^the state of container c1 is damaged/);
  });
}

test("saveConfig() keeps the text", () => {
  const { world, store } = storeIn();
  saveConfig(store, "c1", "{}");
  assert.is(world.files.get("/run/trunc/c1/config.json"), "{}");
  world.failures.set("writeText", syscallError("write", "ENOSPC"));
  assert.throws(
    () => saveConfig(store, "c1", "{}"),
    /^cannot write the config of container c1: write: ENOSPC/,
  );
  assert.throws(() => save(store, STATE), /^cannot write the state of container c1: write: ENOSPC/);
});

test("ids() are sorted, and none where there is no default directory", () => {
  const { world, store } = storeIn();
  assert.throws(() => ids(store), /^cannot list the containers: open: ENOENT/);
  assert.equal(ids({ ...store, root: { ...store.root, isDefault: true } }), []);
  world.files.set("/run/trunc/b/state.json", "").set("/run/trunc/a/state.json", "");
  assert.equal(ids(store), ["a", "b"]);
  const host = {
    ...world.host,
    listDir: () => {
      throw syscallError("open", "EACCES");
    },
  };
  assert.throws(() => ids({ ...store, host }), /permission denied/);
});

test.run();
