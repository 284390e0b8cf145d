// root: forms of the path, and readonly.
// Spec: config.md#root

import { mkdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { mountAt } from "../harness/mountinfo.ts";
import { type Act, ask, info } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config/root");

const FORMS: [what: string, path: (dir: string) => string][] = [
  ["relative", () => "rootfs"],
  ["relative with dots", (dir) => `./rootfs/../../${basename(dir)}/rootfs/.`],
  ["absolute", (dir) => join(dir, "rootfs")],
  ["absolute with a slash at the end", (dir) => `${join(dir, "rootfs")}/`],
];

for (const [what, path] of FORMS) {
  test(`path may be ${what} (config.md#root)`, async (t) => {
    const bundle = t.bundle((config, { dir }) => {
      config.root.path = path(dir);
      script(config, "ls -a / | grep in-container");
    });
    assert.is(succeeded("run", await t.run(bundle)).stdout, ".in-container\n");
  });
}

test("path may be a symlink (config.md#root)", {
  deviates: "refuses a symlink as rootfs",
}, async (t) => {
  const bundle = t.bundle((config, { dir }) => {
    symlinkSync("rootfs", join(dir, "link"));
    config.root.path = "link";
    script(config, "ls -a / | grep in-container");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, ".in-container\n");
});

test("path is the root, and nothing of the host's is above it (config.md#root)", async (t) => {
  const bundle = t.bundle((config) =>
    script(config, `cd /..; ls -d bin; ls ${process.cwd()} 2>&1; true`),
  );
  const { stdout } = succeeded("run", await t.run(bundle));
  assert.match(stdout, /^bin\n/);
  assert.match(stdout, /No such file/);
});

test("the host's mounts are gone (config.md#root)", async (t) => {
  const { mountinfo } = await info(t);
  mountAt(mountinfo, "/");
  assert.is(mountinfo.filter((line) => line.includes("/sys/fs/cgroup/")).length, 0);
  assert.is(mountinfo.filter((line) => / \/ \/ /.test(line)).length, 0);
});

test("readonly refuses writes to the root (config.md#root)", async (t) => {
  const act = await ask<Act>(t, ["open", "/new", "c"], (config) => {
    config.root.readonly = true;
  });
  assert.is(act.errno, "EROFS");
});

test("readonly does not make other mounts read-only (config.md#root)", async (t) => {
  const act = await ask<Act>(t, ["open", "/dev/shm/new", "c"], (config) => {
    config.root.readonly = true;
  });
  assert.ok(act.ret >= 0, act.errno);
});

test("readonly still lets mountpoints be made before (config.md#root)", async (t) => {
  const act = await ask<Act>(t, ["open", "/made/by/mount/new", "c"], (config) => {
    config.root.readonly = true;
    config.mounts.push({ destination: "/made/by/mount", type: "tmpfs", source: "tmpfs" });
  });
  assert.ok(act.ret >= 0, act.errno);
});

test("readonly does not make the host's directory read-only (config.md#root)", async (t) => {
  const bundle = t.bundle((config) => {
    config.root.readonly = true;
  });
  succeeded("run", await t.run(bundle));
  mkdirSync(join(bundle.rootfs, "still-writable"));
});

test("without readonly the root is writable (config.md#root)", async (t) => {
  const act = await ask<Act>(t, ["open", "/new", "c"]);
  assert.ok(act.ret >= 0, act.errno);
});

test("two containers may share one rootfs (config.md#root)", async (t) => {
  const bundle = t.bundle((config) => script(config, "echo one; cat"));
  const first = await t.create(bundle, { stdin: "" });
  succeeded("run", await t.run(bundle, [], { stdin: "two\n" }));
  assert.is(await first.output(), "one\n");
});

test.run();
