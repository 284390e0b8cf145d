// Odd but legal images and mounts: what is missing in them, what leads out of them, in which order they are covered.
// Spec: config.md#mounts, config-linux.md#default-filesystems, #default-devices

import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type Edit, script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("odd-bundles/images");

async function prints(t: Sandbox, edit: Edit): Promise<string> {
  return succeeded("run", await t.run(t.bundle(edit))).stdout;
}

test("no /proc, neither in the image nor mounted (config-linux.md#default-filesystems)", {
  deviates: "1.1 and 1.5 need /proc for their own last steps",
}, async (t) => {
  const stdout = await prints(t, (config, { rootfs }) => {
    config.mounts = config.mounts.filter(({ destination }) => destination !== "/proc");
    rmdirSync(join(rootfs, "proc"));
    script(config, "ls -d /proc 2>/dev/null; echo ran");
  });
  assert.is(stdout, "ran\n");
});

test("no /dev in the image: mounts and devices make it (config-linux.md#default-devices)", async (t) => {
  const stdout = await prints(t, (config, { rootfs }) => {
    rmSync(join(rootfs, "dev"), { recursive: true });
    script(config, "ls -d /dev/null /dev/zero /dev/pts /dev/shm; echo x >/dev/null && echo ok");
  });
  assert.is(stdout, "/dev/null\n/dev/pts\n/dev/shm\n/dev/zero\nok\n");
});

test("no /dev in the image and none mounted: the devices are in the root (config-linux.md#default-devices)", async (t) => {
  const stdout = await prints(t, (config, { rootfs }) => {
    rmSync(join(rootfs, "dev"), { recursive: true });
    config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
    script(config, "test -c /dev/null && test -c /dev/urandom && echo ok");
  });
  assert.is(stdout, "ok\n");
});

test("the host's /dev as a bind mount is left alone (config-linux.md#default-devices)", async (t) => {
  const before = readdirSync("/dev").sort();
  const stdout = await prints(t, (config) => {
    config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
    config.mounts.push({ destination: "/dev", type: "bind", source: "/dev", options: ["rbind"] });
    script(config, "test -c /dev/null && echo ok");
  });
  assert.is(stdout, "ok\n");
  assert.equal(readdirSync("/dev").sort(), before);
});

test("an empty directory as /dev by a bind mount stays empty (config-linux.md#default-devices)", {
  deviates: "1.1 needs /dev/null there",
}, async (t) => {
  const source = join(t.dir, "dev");
  mkdirSync(source);
  const stdout = await prints(t, (config) => {
    config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
    config.mounts.push({ destination: "/dev", type: "bind", source, options: ["bind"] });
    script(config, "ls /dev | wc -l");
  });
  assert.is(stdout, "0\n");
  assert.equal(readdirSync(source), []);
});

/** Where an image's own directory is a link out of it, absolute or by dots. */
const LINKS: [what: string, target: (outside: string) => string][] = [
  ["an absolute path of the host", (outside) => outside],
  ["dots", (outside) => `../../../../../../../../../..${outside}`],
];

for (const [what, target] of LINKS) {
  test(`image directories that are links to ${what} are followed inside (config.md#mounts)`, async (t) => {
    const outside = join(t.dir, "outside");
    mkdirSync(outside);
    const stdout = await prints(t, (config, { rootfs }) => {
      rmSync(join(rootfs, "var"), { recursive: true });
      symlinkSync(target(outside), join(rootfs, "var"));
      config.mounts.push({ destination: "/var/lib/data", type: "tmpfs", source: "odd" });
      script(config, `grep -o '[^ ]*/lib/data .* odd ' /proc/self/mountinfo | cut -d' ' -f1`);
    });
    assert.is(stdout, `${outside}/lib/data\n`);
    assert.equal(readdirSync(outside), [], "nothing was made on the host");
  });
}

test("/etc, /tmp and /usr as links in the image, with mounts below each (config.md#mounts)", async (t) => {
  const stdout = await prints(t, (config, { rootfs }) => {
    for (const name of ["tmp", "usr"]) rmSync(join(rootfs, name), { recursive: true });
    mkdirSync(join(rootfs, "merged/usr"), { recursive: true });
    symlinkSync("/merged/usr", join(rootfs, "usr"));
    symlinkSync("run", join(rootfs, "tmp"));
    for (const destination of ["/usr/share/a", "/tmp/b"])
      config.mounts.push({ destination, type: "tmpfs", source: "odd" });
    script(config, "grep odd /proc/self/mountinfo | cut -d' ' -f5");
  });
  assert.is(stdout, "/merged/usr/share/a\n/run/b\n");
});

test("a link to itself in a destination: one clear error (config.md#mounts)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    symlinkSync("loop", join(rootfs, "loop"));
    config.mounts.push({ destination: "/loop/x", type: "tmpfs", source: "odd" });
  });
  const { code, stderr } = await t.run(bundle);
  assert.is(code, 1);
  assert.match(stderr, /loop.*(ELOOP|too many levels|symbolic links)/i);
});

test("one destination twice: the later covers the earlier (config.md#mounts)", async (t) => {
  const stdout = await prints(t, (config) => {
    for (const source of ["first", "second"])
      config.mounts.push({ destination: "/mnt", type: "tmpfs", source });
    script(
      config,
      "grep ' /mnt ' /proc/self/mountinfo | sed 's/.* tmpfs \\([a-z]*\\) .*/\\1/'; umount /mnt 2>/dev/null; true",
    );
  });
  assert.is(stdout, "first\nsecond\n");
});

test("a mount below a later one is covered, in the listed order (config.md#mounts)", async (t) => {
  const stdout = await prints(t, (config) => {
    config.mounts.push(
      { destination: "/mnt/inner", type: "tmpfs", source: "inner" },
      { destination: "/mnt", type: "tmpfs", source: "outer" },
    );
    script(config, "ls /mnt | wc -l; grep -c 'inner\\|outer' /proc/self/mountinfo");
  });
  assert.is(stdout, "0\n2\n");
});

test("a mount below an earlier one lies on it (config.md#mounts)", async (t) => {
  const stdout = await prints(t, (config, { rootfs }) => {
    config.mounts.push(
      { destination: "/mnt", type: "tmpfs", source: "outer" },
      { destination: "/mnt/inner", type: "tmpfs", source: "inner" },
    );
    script(config, "ls /mnt");
    void rootfs;
  });
  assert.is(stdout, "inner\n");
});

const FILE_NAMES: [what: string, name: string][] = [
  ["a space", "a b"],
  ["a newline", "a\nb"],
  ["letters beyond ASCII", "naïve"],
];

for (const [what, name] of FILE_NAMES) {
  test(`a source and a destination with ${what} (config.md#mounts)`, async (t) => {
    const source = join(t.dir, name);
    mkdirSync(source);
    writeFileSync(join(source, "seen"), "yes\n");
    const stdout = await prints(t, (config) => {
      const destination = `/mnt/${name}`;
      config.mounts.push({ destination, type: "bind", source, options: ["bind", "ro"] });
      config.process.args = ["/bin/cat", `${destination}/seen`];
    });
    assert.is(stdout, "yes\n");
  });
}

test("a file on a file, a socket and a fifo as sources (config.md#mounts)", async (t) => {
  const file = join(t.dir, "file");
  writeFileSync(file, "from the host\n");
  const stdout = await prints(t, (config, { rootfs }) => {
    writeFileSync(join(rootfs, "etc/odd"), "from the image\n");
    config.mounts.push(
      { destination: "/etc/odd", type: "bind", source: file, options: ["bind"] },
      { destination: "/etc/made/file", type: "bind", source: file, options: ["bind"] },
    );
    script(config, "cat /etc/odd /etc/made/file");
  });
  assert.is(stdout, "from the host\nfrom the host\n");
});

test("a directory on a file of the image: one clear error, nothing made (config.md#mounts)", async (t) => {
  const bundle = t.bundle((config) => {
    config.mounts.push({ destination: "/etc/passwd/below", type: "tmpfs", source: "odd" });
  });
  const { code, stderr } = await t.run(bundle);
  assert.is(code, 1);
  assert.match(stderr, /passwd.*(ENOTDIR|not a directory)/i);
  assert.ok(!existsSync(join(bundle.rootfs, "etc/passwd/below")));
});

test.run();
