// Whose the container's cgroup is: the user's where it is to govern what is below, on cgroup2 and nowhere else.
// Spec: config-linux.md#cgroup-ownership

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args } from "../harness/bundle.ts";
import { cgroupDirectory } from "../harness/cgroups.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";

const test = spec("config-linux/cgroup-ownership");

const V2 = { needs: ["pure cgroup v2"], since: "1.1: the owner of a cgroup" };
const OWNER = 1234;

function delegated(): string[] {
  const list = "/sys/kernel/cgroup/delegate";
  const text = existsSync(list)
    ? readFileSync(list, "utf8")
    : "cgroup.procs\ncgroup.threads\ncgroup.subtree_control";
  return text.trim().split("\n");
}

/** Owners of the container's cgroup, "." itself, by file name. */
async function owners(t: Sandbox, options: string[], isNew: boolean): Promise<Map<string, number>> {
  const bundle = t.bundle((config: Config) => {
    args(config, "idle");
    config.process.user = { uid: OWNER, gid: 0 };
    config.mounts.push({
      destination: "/sys/fs/cgroup",
      type: "cgroup",
      source: "cgroup",
      options,
    });
    if (isNew) config.linux.namespaces.push({ type: "cgroup" });
  });
  const container = await t.create(bundle);
  const { pid } = await container.state();
  const directory = cgroupDirectory("freezer", pid) ?? unifiedOf(pid);
  const names = [".", ...readdirSync(directory)];
  return new Map(names.map((name) => [name, statSync(join(directory, name)).uid]));
}

function unifiedOf(pid: number): string {
  const path = /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))![1]!;
  return join("/sys/fs/cgroup", path);
}

test(
  "the directory and what the kernel lists are the user's, nothing else (config-linux.md#cgroup-ownership)",
  V2,
  async (t) => {
    const wanted = new Set([".", ...delegated()]);
    for (const [name, uid] of await owners(t, [], true)) {
      assert.is(uid, wanted.has(name) ? OWNER : 0, name);
    }
  },
);

for (const [what, options, isNew] of [
  ["a read-only mount", ["ro"], true],
  ["no cgroup namespace of its own", [], false],
] as const) {
  test(`${what}: everything stays root's (config-linux.md#cgroup-ownership)`, V2, async (t) => {
    for (const [name, uid] of await owners(t, [...options], isNew)) assert.is(uid, 0, name);
  });
}

test("cgroup v1: everything stays root's (config-linux.md#cgroup-ownership)", {
  needs: ["cgroup v1"],
}, async (t) => {
  for (const [name, uid] of await owners(t, [], true)) assert.is(uid, 0, name);
});

test.run();
