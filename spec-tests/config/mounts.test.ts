// mounts: types, sources, destinations and their order.
// Spec: config.md#mounts

import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { mountAt } from "../harness/mountinfo.ts";
import { info } from "../harness/probe.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import type { Mount } from "../harness/types.ts";

const test = spec("config/mounts");

/** Output of a script in a container with these mounts added. */
async function within(
  t: Sandbox,
  mounts: Mount[],
  text: string,
  prepare?: (rootfs: string) => void,
) {
  const bundle = t.bundle((config, { rootfs }) => {
    config.mounts.push(...mounts);
    prepare?.(rootfs);
    script(config, text);
  });
  return { bundle, stdout: succeeded("run", await t.run(bundle)).stdout };
}

function sourceDirectory(t: Sandbox, name = "source"): string {
  const path = join(t.dir, name);
  mkdirSync(path);
  writeFileSync(join(path, "file"), `from ${name}\n`);
  return path;
}

const bind = (source: string, destination: string, ...options: string[]): Mount => ({
  destination,
  type: "bind",
  source,
  options: ["bind", ...options],
});

const tmpfs = (destination: string, ...options: string[]): Mount => ({
  destination,
  type: "tmpfs",
  source: "tmpfs",
  options,
});

const TYPES: [mount: Mount, check: string, expected: RegExp][] = [
  [{ destination: "/p", type: "proc", source: "proc" }, "cat /p/1/comm", /^(sh|cat)$/m],
  [{ destination: "/s", type: "sysfs", source: "sysfs" }, "ls /s", /kernel/],
  [{ destination: "/q", type: "mqueue", source: "mqueue" }, "grep ' /q ' /proc/mounts", /^mqueue/],
  [tmpfs("/t"), "grep ' /t ' /proc/mounts", /^tmpfs/],
  [{ destination: "/r", type: "ramfs", source: "r" }, "grep ' /r ' /proc/mounts", /^r \/r ramfs/],
  [
    { destination: "/d", type: "devpts", source: "d", options: ["newinstance", "ptmxmode=0666"] },
    "ls /d",
    /ptmx/,
  ],
];

for (const [mount, check, expected] of TYPES) {
  test(`type ${mount.type} (config.md#mounts)`, async (t) => {
    assert.match((await within(t, [mount], check)).stdout, expected);
  });
}

test("sysfs shows the container's network (config.md#mounts)", async (t) => {
  assert.is((await within(t, [], "ls /sys/class/net")).stdout.trim(), "lo");
});

test("proc shows the container's processes (config.md#mounts)", async (t) => {
  assert.is((await within(t, [], "echo /proc/[0-9]*")).stdout, "/proc/1\n");
});

test("bind of a directory (config.md#mounts)", async (t) => {
  const { stdout } = await within(t, [bind(sourceDirectory(t), "/in")], "cat /in/file");
  assert.is(stdout, "from source\n");
});

test("bind of a file makes the file it is mounted on (config.md#mounts)", async (t) => {
  const file = join(sourceDirectory(t), "file");
  const { stdout } = await within(t, [bind(file, "/etc/new/file")], "cat /etc/new/file");
  assert.is(stdout, "from source\n");
});

test("bind of a file over a file (config.md#mounts)", async (t) => {
  const file = join(sourceDirectory(t), "file");
  const { stdout } = await within(t, [bind(file, "/etc/passwd")], "cat /etc/passwd");
  assert.is(stdout, "from source\n");
});

test("bind of a device node (config.md#mounts)", async (t) => {
  const { stdout } = await within(
    t,
    [bind("/dev/zero", "/z")],
    "busybox head -c 2 /z | busybox wc -c",
  );
  assert.is(stdout.trim(), "2");
});

test("bind source relative to the bundle (config.md#mounts)", async (t) => {
  const bundle = t.bundle((config, { dir }) => {
    mkdirSync(join(dir, "data"));
    writeFileSync(join(dir, "data", "file"), "relative\n");
    config.mounts.push(bind("data", "/in"));
    script(config, "cat /in/file");
  });
  assert.is(succeeded("run", await t.run(bundle, [], { cwd: "/" })).stdout, "relative\n");
});

test("bind source that is a symlink is followed (config.md#mounts)", async (t) => {
  const link = join(t.dir, "link");
  symlinkSync(sourceDirectory(t), link);
  assert.is((await within(t, [bind(link, "/in")], "cat /in/file")).stdout, "from source\n");
});

test("type none or absent with the option bind is a bind (config.md#mounts)", async (t) => {
  const source = sourceDirectory(t);
  const mounts: Mount[] = [
    { destination: "/a", type: "none", source, options: ["bind"] },
    { destination: "/b", source, options: ["rbind"] },
  ];
  assert.is((await within(t, mounts, "cat /a/file /b/file")).stdout, "from source\n".repeat(2));
});

test("type bind without the option bind is a bind (config.md#mounts)", {
  deviates: "asks the kernel for a file system named bind",
}, async (t) => {
  const mount = { destination: "/in", type: "bind", source: sourceDirectory(t) };
  assert.is((await within(t, [mount], "cat /in/file")).stdout, "from source\n");
});

test("writes through a bind reach the host, not through a read-only one (config.md#mounts)", async (t) => {
  const source = sourceDirectory(t);
  const mounts = [bind(source, "/rw"), bind(source, "/ro", "ro")];
  const { stdout } = await within(t, mounts, "echo > /rw/new; echo > /ro/other || echo refused");
  assert.is(stdout, "refused\n");
  assert.equal(readdirSync(source).toSorted(), ["file", "new"]);
});

test("mounts are made in the listed order (config.md#mounts)", async (t) => {
  const [one, two] = [sourceDirectory(t, "one"), sourceDirectory(t, "two")];
  const mounts = [bind(one, "/in"), bind(two, "/in"), tmpfs("/out"), bind(two, "/out/two")];
  const { stdout } = await within(t, mounts, "cat /in/file /out/two/file");
  assert.is(stdout, "from two\nfrom two\n");
});

test("a later mount covers what earlier ones made below it (config.md#mounts)", async (t) => {
  const mounts = [bind(sourceDirectory(t), "/a/b"), tmpfs("/a")];
  assert.is((await within(t, mounts, "ls /a | busybox wc -l")).stdout.trim(), "0");
});

test("a destination that is missing is made, with its parents (config.md#mounts)", async (t) => {
  const { bundle } = await within(t, [tmpfs("/made/deep/here")], "test -d /made/deep/here");
  assert.equal(readdirSync(join(bundle.rootfs, "made", "deep", "here")), []);
});

test("a relative destination is relative to / (config.md#mounts)", async (t) => {
  const { stdout } = await within(t, [tmpfs("no-slash")], "grep ' /no-slash ' /proc/mounts");
  assert.match(stdout, /tmpfs/);
});

/** A link in the rootfs to somewhere, and a destination that goes through it. */
const OUTSIDE: [what: string, target: (host: string) => string | null, destination: string][] = [
  ["an absolute symlink", (host) => host, "/link"],
  ["a symlink in the middle", (host) => host, "/link/below"],
  ["a relative symlink", () => "../../escape", "/link"],
  ["dots", () => null, "/../../escape"],
];

for (const [what, targetOf, destination] of OUTSIDE) {
  test(`a destination with ${what} stays in the rootfs (config.md#mounts)`, async (t) => {
    const host = join(t.dir, "escape");
    mkdirSync(host);
    const bundle = t.bundle((config, { rootfs }) => {
      const target = targetOf(host);
      if (target !== null) symlinkSync(target, join(rootfs, "link"));
      config.mounts.push(tmpfs(destination, "size=64k"));
      script(config, "busybox grep -c size=64k /proc/mounts");
    });
    const { stdout } = succeeded("run", await t.run(bundle));
    assert.is(stdout.trim(), "1");
    assert.equal(readdirSync(host), []);
  });
}

test("a symlink as destination is followed to its target in the rootfs (config.md#mounts)", async (t) => {
  const { stdout } = await within(
    t,
    [bind(sourceDirectory(t), "/link")],
    "cat /var/target/file",
    (rootfs) => {
      mkdirSync(join(rootfs, "var", "target"));
      symlinkSync("/var/target", join(rootfs, "link"));
    },
  );
  assert.is(stdout, "from source\n");
});

test("a mount inside /proc is refused, but for the files that lxcfs covers (config.md#mounts)", async (t) => {
  const file = join(sourceDirectory(t), "file");
  const refused = t.bundle((config) => config.mounts.push(bind(file, "/proc/self/attr")));
  const result = await t.run(refused);
  assert.is(result.code, 1);
  assert.match(result.stderr, /inside \/proc|\/proc\/self\/attr/);
  const { stdout } = await within(t, [bind(file, "/proc/uptime")], "cat /proc/uptime");
  assert.is(stdout, "from source\n");
});

for (const name of ["proc", "sys"]) {
  test(`/${name} that is a symlink in the rootfs is refused (config.md#mounts)`, async (t) => {
    const bundle = t.bundle((config, { rootfs }) => {
      symlinkSync("/tmp", join(rootfs, "bad"));
      const entry = config.mounts.find(({ destination }) => destination === `/${name}`)!;
      entry.destination = "/bad";
    });
    const result = await t.run(bundle);
    assert.is(result.code, 1);
    assert.match(
      result.stderr,
      /must be (mounted on )?(an? )?(ordinary|real)? ?directory|not a directory|symbolic link|symlink/,
    );
  });
}

test("no mounts at all but the root (config.md#mounts)", {
  deviates: "needs /proc in the rootfs",
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.mounts = [];
    config.process.args = ["/bin/true"];
  });
  succeeded("run", await t.run(bundle));
});

test("sixty mounts (config.md#mounts)", async (t) => {
  const many = Array.from({ length: 60 }, (_, i) => tmpfs(`/many/${i}`, "size=4k"));
  assert.is(
    (
      await within(t, many, "grep -c many /proc/mounts".replace("grep", "busybox grep"))
    ).stdout.trim(),
    "60",
  );
});

test("mount order and options appear in mountinfo (config.md#mounts)", async (t) => {
  const { mountinfo } = await info(t);
  assert.is(mountAt(mountinfo, "/dev").type, "tmpfs");
  assert.is(mountAt(mountinfo, "/dev/shm").source, "shm");
  assert.ok(mountAt(mountinfo, "/sys").options.includes("ro"));
});

test.run();
