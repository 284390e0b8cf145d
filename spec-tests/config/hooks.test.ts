// hooks: the six kinds, their order, namespaces, input and environment.
// Spec: config.md#posix-platform-hooks, runtime.md#lifecycle

import { copyFileSync, existsSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { probePath } from "../harness/build.ts";
import { args } from "../harness/bundle.ts";
import type { State } from "../harness/container.ts";
import { reference } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import type { Config, Hook } from "../harness/types.ts";

const test = spec("config/hooks");

const KINDS = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
];

/** Status on the hook's stdin, by kind; runc reads "after step 2" of the lifecycle in another way. */
const STATUS = new Map([
  ["prestart", reference()?.name === "runc" ? "creating" : "created"],
  ["createRuntime", "creating"],
  ["createContainer", "creating"],
  ["startContainer", "created"],
  ["poststop", "stopped"],
]);

const EARLY = { deviates: "runs poststart hooks in create" };

interface Line {
  readonly argv: string[];
  readonly env: string[];
  readonly cwd: string | null;
  readonly pid: number;
  readonly namespaces: Record<string, string>;
  readonly root: "container" | "host";
  readonly stdin: string;
}

/** Hooks append to DIR/hooks/log; the container has that directory at the same path. */
function logPath(t: Sandbox): string {
  return join(t.dir, "hooks", "log");
}

function hook(t: Sandbox, kind: string, name: string, extra: Partial<Hook> = {}): Hook {
  const path = kind === "startContainer" ? "/bin/probe" : probePath();
  return { path, args: ["probe", "hook", logPath(t), "0", "", name], env: ["KIND=x"], ...extra };
}

function withHooks(t: Sandbox, config: Config, names: readonly string[]): void {
  mkdirSync(join(t.dir, "hooks"));
  const source = join(t.dir, "hooks");
  config.mounts.push({ destination: source, type: "bind", source, options: ["bind"] });
  config.hooks = Object.fromEntries(
    KINDS.map((kind) => [kind, names.map((name) => hook(t, kind, `${kind}-${name}`))]),
  );
}

function lines(t: Sandbox): Line[] {
  if (!existsSync(logPath(t))) return [];
  const text = readFileSync(logPath(t), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const nameOf = (line: Line) => line.argv.at(-1)!;

const find = (all: Line[], kind: string) => all.find((line) => nameOf(line).startsWith(kind))!;

/** One whole life of a container with a hook of each kind, twice. */
async function live(t: Sandbox, edit?: (config: Config) => void) {
  const bundle = t.bundle((config) => {
    args(config, "idle");
    config.annotations = { "org.example.hook": "seen" };
    withHooks(t, config, ["a", "b"]);
    edit?.(config);
  });
  const container = await t.create(bundle);
  const afterCreate = lines(t).map(nameOf);
  const { pid } = await container.state();
  const inside = (kind: string) => readlinkSync(`/proc/${pid}/ns/${kind}`);
  const namespaces = { mnt: inside("mnt"), net: inside("net"), pid: inside("pid") };
  await container.start();
  // runc's start returns before the container's own half has run its hooks.
  await container.created.sees("idle");
  const afterStart = lines(t).map(nameOf);
  await container.kill("KILL");
  await container.finished();
  const beforeDelete = lines(t).map(nameOf);
  await container.delete();
  return {
    bundle,
    id: container.id,
    pid,
    namespaces,
    afterCreate,
    afterStart,
    beforeDelete,
    all: lines(t),
  };
}

test("each kind runs in its operation, in the listed order (runtime.md#lifecycle)", async (t) => {
  const seen = await live(t);
  const both = (kind: string) => [`${kind}-a`, `${kind}-b`];
  const created = [...both("prestart"), ...both("createRuntime"), ...both("createContainer")];
  const started = [...created, ...both("startContainer")];
  const withoutPoststart = (names: string[]) =>
    names.filter((name) => !name.startsWith("poststart"));
  assert.equal(withoutPoststart(seen.afterCreate), created);
  assert.equal(withoutPoststart(seen.afterStart), started);
  assert.equal(withoutPoststart(seen.beforeDelete), started);
  assert.equal(seen.all.map(nameOf).slice(-2), both("poststop"));
});

test("poststart runs in start, after startContainer (runtime.md#lifecycle)", EARLY, async (t) => {
  const { afterCreate, afterStart } = await live(t);
  assert.not.ok(afterCreate.includes("poststart-a"), afterCreate.join(" "));
  assert.equal(afterStart.slice(-2), ["poststart-a", "poststart-b"]);
});

test("poststart finds the container running (runtime.md#lifecycle)", EARLY, async (t) => {
  const state = JSON.parse(find((await live(t)).all, "poststart").stdin) as State;
  assert.is(state.status, "running");
});

test("stdin has the state, with the status of the moment (config.md#posix-platform-hooks)", async (t) => {
  const { all, bundle, id, pid } = await live(t);
  for (const [kind, status] of STATUS) {
    const state = JSON.parse(find(all, kind).stdin) as State;
    assert.is(state.id, id, kind);
    assert.is(state.status, status, kind);
    assert.is(state.bundle, bundle.dir, kind);
    assert.equal({ ...state.annotations }, { "org.example.hook": "seen" }, kind);
    assert.type(state.ociVersion, "string");
    const inContainer = kind === "startContainer" || kind === "createContainer";
    if (kind !== "poststop" && !inContainer) assert.is(state.pid, pid, kind);
  }
});

test("prestart, createRuntime, poststart and poststop run in the runtime's namespaces (config.md#posix-platform-hooks)", async (t) => {
  const { all } = await live(t);
  for (const kind of ["prestart", "createRuntime", "poststart", "poststop"]) {
    const line = find(all, kind);
    for (const name of ["mnt", "net", "pid", "uts", "ipc"]) {
      assert.is(line.namespaces[name], readlinkSync(`/proc/self/ns/${name}`), `${kind} ${name}`);
    }
    assert.is(line.root, "host", kind);
  }
});

test("createContainer runs in the container's namespaces before pivot_root (config.md#createContainer-hooks)", async (t) => {
  const { all, namespaces } = await live(t);
  const line = find(all, "createContainer");
  assert.is(line.namespaces.mnt, namespaces.mnt);
  assert.is(line.namespaces.net, namespaces.net);
  assert.is(line.root, "host");
});

test("startContainer runs inside the container (config.md#startContainer-hooks)", async (t) => {
  const { all, namespaces } = await live(t);
  const line = find(all, "startContainer");
  assert.is(line.namespaces.mnt, namespaces.mnt);
  assert.is(line.namespaces.net, namespaces.net);
  assert.is(line.namespaces.pid, namespaces.pid);
  assert.is(line.root, "container");
});

test("args are argv, from argv[0] on (config.md#posix-platform-hooks)", async (t) => {
  const { all } = await live(t);
  // The probe's own name, argv[0], is cut off by its dispatch: that it found the verb proves it.
  assert.equal(find(all, "createRuntime").argv, ["hook", logPath(t), "0", "", "createRuntime-a"]);
});

test("env is exactly the given one (config.md#posix-platform-hooks)", async (t) => {
  const { all } = await live(t);
  for (const kind of KINDS) assert.equal(find(all, kind).env, ["KIND=x"], kind);
});

test("without env the environment is empty (config.md#posix-platform-hooks)", {
  deviates: "hooks without env inherit the runtime's",
}, async (t) => {
  const { all } = await live(t, (config) => {
    for (const kind of KINDS) for (const entry of config.hooks![kind]!) delete entry.env;
  });
  for (const kind of ["prestart", "createRuntime", "createContainer", "poststart", "poststop"]) {
    assert.equal(find(all, kind).env, [], kind);
  }
});

test("cwd of host hooks is not in the rootfs (config.md#posix-platform-hooks)", async (t) => {
  const { all, bundle } = await live(t);
  for (const kind of ["prestart", "createRuntime", "poststart", "poststop"]) {
    assert.not.ok(find(all, kind).cwd?.startsWith(bundle.rootfs), kind);
  }
});

test("hooks run as the runtime's user, not the container's (config.md#posix-platform-hooks)", async (t) => {
  const { all } = await live(t, (config) => {
    config.process.user = { uid: 1000, gid: 1000 };
    // The log is root's: a hook that ran as the user could not have written to it.
    delete config.hooks!.startContainer;
  });
  assert.ok(find(all, "createRuntime"));
  assert.ok(find(all, "poststop"));
});

test("startContainer path is the container's file, not the host's (config.md#startContainer-hooks)", async (t) => {
  const { all } = await live(t, (config) => {
    config.hooks = {
      startContainer: [hook(t, "startContainer", "startContainer-x", { path: "/only-inside" })],
    };
    config.mounts.push({
      destination: "/only-inside",
      type: "bind",
      source: copyOfProbe(t),
      options: ["bind"],
    });
  });
  assert.equal(all.map(nameOf), ["startContainer-x"]);
});

test("delete --force runs poststop (runtime.md#delete)", async (t) => {
  const bundle = t.bundle((config) => {
    args(config, "idle");
    withHooks(t, config, ["a"]);
  });
  const container = await t.create(bundle);
  await container.delete("--force");
  assert.is(lines(t).map(nameOf).at(-1), "poststop-a");
});

function copyOfProbe(t: Sandbox): string {
  const copy = join(t.dir, "probe-copy");
  copyFileSync(probePath(), copy);
  return copy;
}

test.run();
