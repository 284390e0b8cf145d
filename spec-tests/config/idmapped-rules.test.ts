// The rules of id-mapped mounts: whose mapping counts, what lies below, what is an error.
// Spec: config.md#linux-mount-options (idmap, ridmap), config.md#posix-platform-mounts

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { succeeded } from "../harness/container.ts";
import { ask, type Stat } from "../harness/probe.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import type { Config, Mount } from "../harness/types.ts";

const test = spec("config/idmapped-rules");

const NEW = { since: "1.2: idmapped mounts" };
const MAP = [{ containerID: 0, hostID: 1000, size: 10 }];
const NAMESPACE = [{ containerID: 0, hostID: 100_000, size: 65_536 }];

/** A tmpfs with a file, and one more with a file in it. */
function source(t: Sandbox): string {
  const path = join(t.dir, "source");
  for (const directory of [path, join(path, "sub")]) {
    mkdirSync(directory);
    assert.is(spawnSync("mount", ["-t", "tmpfs", "spec", directory]).status, 0);
    t.defer(() => spawnSync("umount", ["-l", directory]));
    writeFileSync(join(directory, "file"), "");
  }
  return path;
}

function bind(t: Sandbox, options: string[], mappings: Partial<Mount> = {}): Mount {
  return { destination: "/in", type: "bind", source: source(t), options, ...mappings };
}

async function owners(t: Sandbox, mount: Mount, edit: (config: Config) => void = () => {}) {
  const files = ["/in/file", "/in/sub/file"];
  const seen = await ask<Stat[]>(t, ["stat", ...files], (config, bundle) => {
    config.mounts.push(mount);
    edit(config);
    for (const path of [join(t.dir, ".."), t.dir, bundle.dir]) chmodSync(path, 0o755);
    // root of a user namespace may not make it
    mkdirSync(join(bundle.rootfs, "in"));
  });
  return seen.map(({ uid }) => uid);
}

const MAPS = { uidMappings: MAP, gidMappings: MAP };

test(
  "idmap maps the mount, not what is below it (config.md#linux-mount-options)",
  NEW,
  async (t) => {
    assert.equal(await owners(t, bind(t, ["rbind", "idmap"], MAPS)), [1000, 0]);
  },
);

test("ridmap maps what is below too (config.md#linux-mount-options)", NEW, async (t) => {
  assert.equal(await owners(t, bind(t, ["rbind", "ridmap"], MAPS)), [1000, 1000]);
});

function inNamespace(config: Config): void {
  config.linux.namespaces.push({ type: "user" });
  Object.assign(config.linux, { uidMappings: NAMESPACE, gidMappings: NAMESPACE });
}

test(
  "without mappings of its own it has those of the container's user namespace (config.md#linux-mount-options)",
  NEW,
  async (t) => {
    // what the host's root owns is then the container's root's
    assert.equal(await owners(t, bind(t, ["rbind", "ridmap"]), inNamespace), [0, 0]);
  },
);

for (const option of ["idmap", "ridmap"]) {
  test(
    `${option} without mappings and without a user namespace is an error (config.md#linux-mount-options)`,
    NEW,
    async (t) => {
      const bundle = t.bundle((config) => void config.mounts.push(bind(t, ["rbind", option])));
      const { code, stderr } = await t.run(bundle);
      assert.is(code, 1);
      assert.match(stderr, /mounts.*(map|user namespace)/i);
    },
  );
}

for (const name of ["uidMappings", "gidMappings"]) {
  test(`${name} without its twin is an error (config.md#posix-platform-mounts)`, NEW, async (t) => {
    const mount = bind(t, ["rbind", "idmap"], { [name]: MAP });
    const { code, stderr } = await t.run(t.bundle((config) => void config.mounts.push(mount)));
    assert.is(code, 1);
    assert.match(stderr, /mounts.*Mappings|mapping/i);
  });
}

/** Each call with which a file system could be told of an option. */
const MOUNTING = "trace=mount,fsconfig,open_tree,mount_setattr,move_mount";

for (const [option, below] of [
  ["idmap", false],
  ["ridmap", true],
] as const) {
  test(`${option} goes to mount_setattr(2), to no file system (config.md#linux-mount-options)`, {
    ...NEW,
    needs: ["strace"],
  }, async (t) => {
    const mount = bind(t, ["rbind", option], MAPS);
    const bundle = t.bundle((config) => void config.mounts.push(mount));
    mkdirSync(join(bundle.rootfs, "in"));
    const log = join(t.dir, "calls");
    const command = [runtimePath(), "--root", t.stateRoot, "run", "--bundle", bundle.dir, t.id()];
    const strace = ["-f", "-s", "4096", "-o", log, "-e", MOUNTING, ...command];
    const { stderr } = succeeded("run", await t.startHelper("strace", strace).closed);
    const calls = readFileSync(log, "utf8");
    const maps = calls.split("\n").filter((line) => line.includes("MOUNT_ATTR_IDMAP"));
    assert.is(maps.length > 0, true, calls);
    assert.is(
      maps.every((line) => line.includes("AT_RECURSIVE") === below),
      true,
      calls,
    );
    assert.match(calls, /mount\(|fsconfig\(.*"proc"/, "other mounts are in the log");
    assert.not.match(calls, new RegExp(`[",]${option}[",]`));
    assert.is(stderr, "", "it is no option that is passed over");
  });
}

test.run();
