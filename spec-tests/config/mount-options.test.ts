// mounts[].options: flags, file system data, tmpcopyup, propagation, recursive attributes, idmap.
// Spec: config.md#linux-mount-options

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { mountAt, mountOf } from "../harness/mountinfo.ts";
import { ask, info, type Stat } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec, type TestOptions } from "../harness/suite.ts";
import type { Mount } from "../harness/types.ts";

const test = spec("config/mount-options");

const NEW = "1.2: iversion, lazytime, nosymfollow";

/** Options -> what the mount's own options have, and have not. */
const FLAGS: [options: string[], has: string[], not: string[], extra?: TestOptions][] = [
  [
    ["defaults"],
    ["rw", "relatime"],
    ["nosuid", "nodev", "noexec"],
    { deviates: "takes defaults for data" },
  ],
  [["ro"], ["ro"], ["rw"]],
  [["ro", "rw"], ["rw"], ["ro"]],
  [["nosuid"], ["nosuid"], []],
  [["nosuid", "suid"], [], ["nosuid"]],
  [["nodev"], ["nodev"], []],
  [["nodev", "dev"], [], ["nodev"]],
  [["noexec"], ["noexec"], []],
  [["noexec", "exec"], [], ["noexec"]],
  [["noatime"], ["noatime"], ["relatime"]],
  [["noatime", "atime"], ["relatime"], ["noatime"]],
  [["nodiratime"], ["nodiratime"], []],
  [["strictatime"], [], ["relatime", "noatime"]],
  [["relatime"], ["relatime"], []],
  [["nosymfollow"], ["nosymfollow"], [], { since: NEW }],
];

for (const [options, has, not, extra] of FLAGS) {
  for (const kind of ["tmpfs", "bind"]) {
    test(
      `${options.join(",")} on ${kind} (config.md#linux-mount-options)`,
      extra ?? {},
      async (t) => {
        const seen = await mounted(t, kind, options);
        for (const name of has)
          assert.ok(seen.options.includes(name), `${name} in ${seen.options}`);
        for (const name of not)
          assert.not.ok(seen.options.includes(name), `${name} in ${seen.options}`);
      },
    );
  }
}

/** The mount at /in with these options, as mountinfo shows it. */
async function mounted(t: Sandbox, kind: string, options: string[]) {
  const source = join(t.dir, "source");
  mkdirSync(source);
  const { mountinfo } = await info(t, (config) => {
    config.mounts.push(
      kind === "bind"
        ? { destination: "/in", type: "bind", source, options: ["bind", ...options] }
        : { destination: "/in", type: "tmpfs", source: "tmpfs", options },
    );
  });
  return mountAt(mountinfo, "/in");
}

/** Options that belong to the file system, not to the mount. */
const SUPERBLOCK: [options: string[], has: string[]][] = [
  [["sync"], ["sync"]],
  [["dirsync"], ["dirsync"]],
  [
    ["size=64k", "mode=711", "nr_inodes=10"],
    ["size=64k", "mode=711", "nr_inodes=10"],
  ],
  [
    ["uid=5", "gid=6"],
    ["uid=5", "gid=6"],
  ],
];

for (const [options, has] of SUPERBLOCK) {
  test(`${options.join(",")} reaches the file system (config.md#linux-mount-options)`, async (t) => {
    const { superOptions } = await mounted(t, "tmpfs", options);
    for (const name of has) assert.ok(superOptions.includes(name), `${name} in ${superOptions}`);
  });
}

test("a read-only tmpfs keeps the flags it was given besides (config.md#linux-mount-options)", async (t) => {
  const seen = await mounted(t, "tmpfs", ["ro", "nosuid", "nodev", "noexec"]);
  for (const name of ["ro", "nosuid", "nodev", "noexec"])
    assert.ok(seen.options.includes(name), name);
});

/** A tmpfs of the host below the test's directory, gone with the test. */
function hostTmpfs(t: Sandbox, name: string, options = "size=64k"): string {
  const path = join(t.dir, name);
  mkdirSync(path, { recursive: true });
  assert.is(spawnSync("mount", ["-t", "tmpfs", "-o", options, "spec", path]).status, 0);
  t.defer(() => spawnSync("umount", ["-l", path]));
  return path;
}

/** A directory with a tmpfs on SOURCE/sub. */
function nested(t: Sandbox): string {
  const source = join(t.dir, "outer");
  hostTmpfs(t, "outer/sub");
  writeFileSync(join(source, "sub", "file"), "below\n");
  return source;
}

async function nestedOptions(t: Sandbox, ...options: string[]) {
  const source = nested(t);
  const { mountinfo } = await info(t, (config) => {
    config.mounts.push({ destination: "/in", type: "bind", source, options });
  });
  return { top: mountAt(mountinfo, "/in").options, sub: mountAt(mountinfo, "/in/sub").options };
}

test("bind mounts pass over options of a file system, with a warning (config.md#linux-mount-options)", {
  deviates: "1.5 refuses them",
}, async (t) => {
  const source = join(t.dir, "source");
  mkdirSync(source);
  const bundle = t.bundle((config) => {
    const options = ["bind", "mode=755", "size=1k"];
    config.mounts.push({ destination: "/in", type: "bind", source, options });
    script(config, "cat /proc/self/mountinfo");
  });
  const log = join(t.dir, "log");
  const flags = ["--log", log, "run", "--bundle", bundle.dir, t.id()];
  const { stdout } = succeeded("run", await t.runtime(flags));
  assert.match(readFileSync(log, "utf8"), /level=warning msg=.*ignored.*mode=755.*size=1k/);
  mountAt(stdout.split("\n"), "/in");
});

test("bind leaves submounts out (config.md#linux-mount-options)", async (t) => {
  const source = nested(t);
  const { mountinfo } = await info(t, (config) => {
    config.mounts.push({ destination: "/in", type: "bind", source, options: ["bind"] });
  });
  assert.is(mountinfo.filter((line) => line.includes(" /in/sub ")).length, 0);
});

test("rbind brings submounts; ro is for the top only (config.md#linux-mount-options)", async (t) => {
  const { top, sub } = await nestedOptions(t, "rbind", "ro");
  assert.ok(top.includes("ro"));
  assert.ok(sub.includes("rw"));
});

const RECURSIVE: [option: string, has: string][] = [
  ["rro", "ro"],
  ["rnosuid", "nosuid"],
  ["rnodev", "nodev"],
  ["rnoexec", "noexec"],
  ["rnoatime", "noatime"],
  ["rnodiratime", "nodiratime"],
];

for (const [option, has] of RECURSIVE) {
  test(`${option} reaches submounts (config.md#linux-mount-options)`, async (t) => {
    const { top, sub } = await nestedOptions(t, "rbind", option);
    assert.ok(top.includes(has), `${top}`);
    assert.ok(sub.includes(has), `${sub}`);
  });
}

test("rnosymfollow reaches submounts (config.md#linux-mount-options)", {
  since: NEW,
}, async (t) => {
  const { sub } = await nestedOptions(t, "rbind", "rnosymfollow");
  assert.ok(sub.includes("nosymfollow"), `${sub}`);
});

const PROPAGATION: [option: string, pattern: RegExp][] = [
  ["private", /^$/],
  ["rprivate", /^$/],
  ["unbindable", /^unbindable$/],
  ["runbindable", /^unbindable$/],
];

for (const [option, pattern] of PROPAGATION) {
  test(`${option} (config.md#linux-mount-options)`, async (t) => {
    const { propagation } = await mounted(t, "bind", [option]);
    assert.match(propagation.join(" "), pattern);
  });
}

for (const option of ["shared", "rshared"]) {
  test(`${option} (config.md#linux-mount-options)`, async (t) => {
    const { propagation } = await mounted(t, "bind", [option]);
    const [group, ...rest] = propagation;
    assert.match(group!, /^shared:\d+$/);
    // It also stays a slave of what the source is on, where the host shares that, as systemd's do.
    const above = mountOf(t.dir).propagation.find((field) => field.startsWith("shared:"));
    assert.equal(rest, above === undefined ? [] : [above.replace("shared", "master")]);
    assert.is.not(group, above, "a group of its own");
  });
}

for (const option of ["slave", "rslave"]) {
  test(`${option}: what the host mounts below the source appears (config.md#linux-mount-options)`, async (t) => {
    const source = hostTmpfs(t, "shared");
    spawnSync("mount", ["--make-shared", source]);
    mkdirSync(join(source, "later"));
    const bundle = t.bundle((config) => {
      config.linux.rootfsPropagation = "rslave";
      config.mounts.push({ destination: "/in", type: "bind", source, options: ["rbind", option] });
      script(config, "read go; cat /in/later/file");
    });
    const container = await t.create(bundle, { stdin: "open" });
    await container.start();
    hostTmpfs(t, "shared/later");
    writeFileSync(join(source, "later", "file"), "propagated\n");
    container.created.write("go\n");
    container.created.end();
    assert.is(await container.finished(), "propagated\n");
  });
}

test("private: what the host mounts later does not appear (config.md#linux-mount-options)", async (t) => {
  const source = hostTmpfs(t, "shared");
  spawnSync("mount", ["--make-shared", source]);
  mkdirSync(join(source, "later"));
  const bundle = t.bundle((config) => {
    config.mounts.push({
      destination: "/in",
      type: "bind",
      source,
      options: ["rbind", "rprivate"],
    });
    script(config, "read go; ls /in/later");
  });
  const container = await t.create(bundle, { stdin: "open" });
  await container.start();
  hostTmpfs(t, "shared/later");
  writeFileSync(join(source, "later", "file"), "");
  container.created.write("go\n");
  container.created.end();
  assert.is(await container.finished(), "");
});

test("the container's mounts never appear on the host (config.md#linux-mount-options)", async (t) => {
  const source = hostTmpfs(t, "shared");
  spawnSync("mount", ["--make-shared", source]);
  mkdirSync(join(source, "sub"));
  const bundle = t.bundle((config) => {
    config.mounts.push({ destination: "/in", type: "bind", source, options: ["rbind"] });
    config.mounts.push({ destination: "/in/sub", type: "tmpfs", source: "tmpfs" });
    script(config, "echo > /in/sub/inside");
  });
  succeeded("run", await t.run(bundle));
  assert.equal(spawnSync("ls", [join(source, "sub")]).stdout.toString(), "");
});

test("tmpcopyup fills the tmpfs with what it covers (config.md#linux-mount-options)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    mkdirSync(join(rootfs, "data", "deep"), { recursive: true });
    writeFileSync(join(rootfs, "data", "deep", "file"), "copied\n");
    chmodSync(join(rootfs, "data", "deep", "file"), 0o640);
    chmodSync(join(rootfs, "data"), 0o711);
    config.mounts.push({
      destination: "/data",
      type: "tmpfs",
      source: "t",
      options: ["tmpcopyup"],
    });
    script(
      config,
      "cat /data/deep/file; busybox stat -c %a /data /data/deep/file; echo new > /data/new",
    );
  });
  const { stdout } = succeeded("run", await t.run(bundle));
  assert.is(stdout, "copied\n711\n640\n");
  assert.throws(() => statSync(join(bundle.rootfs, "data", "new")));
});

test("a tmpfs takes the mode of the directory it covers (config.md#linux-mount-options)", async (t) => {
  const [seen] = await ask<Stat[]>(t, ["stat", "/covered"], (config, { rootfs }) => {
    mkdirSync(join(rootfs, "covered"));
    chmodSync(join(rootfs, "covered"), 0o1733);
    config.mounts.push({ destination: "/covered", type: "tmpfs", source: "t" });
  });
  assert.is(seen!.mode, 0o1733);
});

test("remount changes what is mounted already (config.md#linux-mount-options)", async (t) => {
  const { mountinfo } = await info(t, (config) => {
    const entry: Mount = { destination: "/in", type: "tmpfs", source: "tmpfs" };
    config.mounts.push(entry, { ...entry, options: ["remount", "ro"] });
  });
  const { options, superOptions } = mountAt(mountinfo, "/in");
  assert.ok(options.includes("ro") || superOptions.includes("ro"));
});

test.run();
