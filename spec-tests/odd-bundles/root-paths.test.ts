// Odd but legal places of a root file system: where it lies, what it lies on, what it is called.
// Spec: config.md#root, bundle.md#container-format

import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Bundle, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec, type TestOptions } from "../harness/suite.ts";

const test = spec("odd-bundles/root-paths");

const HERE = "ls -a / | grep in-container; echo in >/written; cat /written";
const PRINTS = ".in-container\nin\n";

/** A bundle whose root was moved to DIR/PATH and is named so. */
function moved(t: Sandbox, path: string, name = path): Bundle {
  return t.bundle((config, bundle) => {
    const target = join(bundle.dir, path);
    mkdirSync(join(target, ".."), { recursive: true });
    renameSync(bundle.rootfs, target);
    config.root.path = name;
    script(config, HERE);
  });
}

async function runs(t: Sandbox, bundle: Bundle): Promise<void> {
  assert.is(succeeded("run", await t.run(bundle)).stdout, PRINTS);
}

const NAMES: [what: string, name: string][] = [
  ["spaces", "root file system"],
  ["a newline", "root\nfs"],
  ["a backslash", "root\\040fs"],
  ["quotes", "root\"f's"],
  ["letters beyond ASCII", "корень"],
  ["a comma and a colon, which overlay's options split at", "a,b:c"],
  ["255 bytes", "r".repeat(255)],
  ["dots", "...rootfs.."],
  ["a trailing slash and a dot", "deep/rootfs"],
];

for (const [what, name] of NAMES) {
  test(`a root whose name has ${what} (config.md#root)`, (t) => runs(t, moved(t, name)));
}

test("a relative path with .. out of the bundle (config.md#root)", async (t) => {
  mkdirSync(join(t.dir, "elsewhere"));
  const bundle = t.bundle((config, { rootfs }) => {
    renameSync(rootfs, join(t.dir, "elsewhere/root"));
    config.root.path = "../elsewhere/./root";
    script(config, HERE);
  });
  await runs(t, bundle);
});

const FOLLOWS: TestOptions = { deviates: "refuses a symlink as rootfs" };

test("a path through links, itself one, absolute (config.md#root)", FOLLOWS, async (t) => {
  const bundle = moved(t, "real/rootfs", "one/last");
  symlinkSync("real", join(bundle.dir, "one"));
  symlinkSync(join(bundle.dir, "real/rootfs"), join(bundle.dir, "real/last"));
  await runs(t, bundle);
});

test("a path of almost 4,096 bytes (config.md#root)", {
  deviates: "has no room for its mount points' names behind it",
}, async (t) => {
  // PATH_MAX counts the bundle's own path and the NUL too
  const room = 4095 - join(t.dir, "bundle1/rootfs").length - 1;
  const parts = [...Array(Math.floor(room / 201)).fill("p".repeat(200)), "p".repeat(room % 201)];
  const deep = parts.filter((part) => part !== "").join("/");
  removeByParts(t, join(t.dir, "bundle1", parts[0]));
  await runs(t, moved(t, `${deep}/r`));
});

test("a path of more than 4,096 bytes that means a short one (config.md#root)", async (t) => {
  const bundle = t.bundle((config) => {
    config.root.path = `${"./".repeat(2500)}rootfs`;
    script(config, HERE);
  });
  await runs(t, bundle);
});

/** The state has to name the bundle by an absolute path, and the kernel takes none of more than 4,095 bytes. */
test("a bundle that lies deeper than 4,096 bytes, as the working directory: one clear error (bundle.md#container-format)", async (t) => {
  const bundle = t.bundle((config) => {
    config.root.path = "rootfs";
    script(config, HERE);
  });
  const part = "d".repeat(250);
  const depth = 20;
  removeByParts(t, join(t.dir, part));
  // a shell that goes down step by step, as any caller would have to
  const down = `for i in $(seq ${depth}); do mkdir -p ${part}; cd ${part} || exit 1; done`;
  const { closed } = t.startHelper("bash", [
    "-c",
    `cd '${t.dir}'; ${down}; mv '${bundle.dir}' b; cd b && exec "$@"`,
    "sh",
    ...[runtimePath(), "--root", t.stateRoot, "run", t.id()],
  ]);
  const { code, stderr } = await closed;
  assert.is(code, 1);
  assert.match(stderr, /file name too long|ENAMETOOLONG/i);
});

test("a root on a tmpfs (config.md#root)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    mount(t, "tmpfs", `${rootfs}.tmpfs`, ["-t", "tmpfs", "-o", "nosuid,size=20m"]);
    execFileSync("cp", ["-a", `${rootfs}/.`, `${rootfs}.tmpfs`]);
    config.root.path = "rootfs.tmpfs";
    script(config, HERE);
  });
  await runs(t, bundle);
});

test("a root on an overlay, which stays as it was (config.md#root)", {
  needs: ["overlay"],
}, async (t) => {
  const bundle = t.bundle((config, { dir, rootfs }) => {
    // its upper layer can't lie on another overlay
    mount(t, "tmpfs", join(dir, "layers"), ["-t", "tmpfs"]);
    for (const layer of ["upper", "work"]) mkdirSync(join(dir, "layers", layer));
    const layers = `lowerdir=${rootfs},upperdir=${dir}/layers/upper,workdir=${dir}/layers/work`;
    mount(t, "overlay", join(dir, "merged"), ["-t", "overlay", "-o", layers]);
    config.root.path = "merged";
    script(config, `${HERE}; rm -r /tmp && mkdir /tmp && echo new`);
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, `${PRINTS}new\n`);
  assert.equal(
    execFileSync("ls", [join(bundle.dir, "layers/upper")], { encoding: "utf8" })
      .trim()
      .split("\n"),
    ["tmp", "written"],
  );
});

for (const propagation of ["shared", "private", "slave", "unbindable"]) {
  test(`a root that is a ${propagation} mount point (config.md#root)`, async (t) => {
    const bundle = t.bundle((config, { rootfs }) => {
      mount(t, "bind", rootfs, ["--bind"], rootfs);
      execFileSync("mount", [`--make-${propagation}`, rootfs]);
      script(config, HERE);
    });
    await runs(t, bundle);
  });
}

test("a root on a shared mount, shared further: what is mounted inside stays inside unless asked for (config-linux.md#rootfs-mount-propagation)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    mount(t, "bind", rootfs, ["--bind"], rootfs);
    execFileSync("mount", ["--make-shared", rootfs]);
    config.linux.rootfsPropagation = "private";
    script(config, HERE);
  });
  await runs(t, bundle);
  const below = execFileSync("cat", ["/proc/self/mountinfo"], { encoding: "utf8" });
  assert.is(below.split("\n").filter((line) => line.includes(`${bundle.rootfs}/`)).length, 0);
});

test("a read-only bundle (bundle.md#container-format)", async (t) => {
  const bundle = t.bundle((config) => script(config, "ls -a / | grep in-container; touch /x"));
  mount(t, "bind", bundle.dir, ["--bind"], bundle.dir);
  execFileSync("mount", ["-o", "remount,bind,ro", bundle.dir]);
  const { stdout, stderr } = await t.run(bundle);
  assert.is(stdout, ".in-container\n");
  assert.match(stderr, /Read-only file system/);
});

test("a read-only bundle that lacks a mount point: one clear error (config.md#mounts)", async (t) => {
  const bundle = t.bundle((config) => {
    config.mounts.push({ destination: "/missing/here", type: "tmpfs", source: "tmpfs" });
  });
  mount(t, "bind", bundle.dir, ["--bind"], bundle.dir);
  execFileSync("mount", ["-o", "remount,bind,ro", bundle.dir]);
  const { code, stderr } = await t.run(bundle);
  assert.is(code, 1);
  assert.match(stderr, /missing.*(EROFS|read-only file system)/i);
});

/** What lies deeper than any path reaches, rm(1) removes from directory to directory. */
function removeByParts(t: Sandbox, path: string): void {
  t.defer(() => void execFileSync("rm", ["-rf", path]));
}

/** Mounts on TARGET, which is made, until the test ends. */
function mount(t: Sandbox, source: string, target: string, flags: string[], from = source): void {
  mkdirSync(target, { recursive: true });
  execFileSync("mount", [...flags, from, target]);
  t.defer(() => void execFileSync("umount", ["--lazy", target]));
}

test.run();
