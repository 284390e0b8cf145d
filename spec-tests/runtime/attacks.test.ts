// Images that try to reach the host through the runtime; one test per class of past CVEs.
// Spec: none; see docs/security.md

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { args, script } from "../harness/bundle.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("runtime/attacks");

/** A directory of the host's with files that an attacker would want changed. */
function target(t: Sandbox): string {
  const path = join(t.dir, "host-target");
  mkdirSync(path);
  for (const name of ["ptmx", "null", "secret"]) writeFileSync(join(path, name), `host's ${name}`);
  return path;
}

function untouched(path: string): void {
  assert.equal(readdirSync(path).toSorted(), ["null", "ptmx", "secret"]);
  for (const name of ["ptmx", "null", "secret"]) {
    assert.is(readFileSync(join(path, name), "utf8"), `host's ${name}`);
  }
}

test("/dev that is a symlink to the host's (CVE-2026-41579)", {
  since: "1.5: works below a descriptor of the rootfs",
}, async (t) => {
  const host = target(t);
  const bundle = t.bundle((config, { rootfs }) => {
    rmSync(join(rootfs, "dev"), { recursive: true });
    symlinkSync(host, join(rootfs, "dev"));
    config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
    config.process.args = ["/bin/true"];
  });
  await t.run(bundle);
  untouched(host);
});

for (const link of ["/", "../../../../.."]) {
  test(`/dev/pts that leads to ${link} (CVE-2025-52565)`, async (t) => {
    const host = target(t);
    const bundle = t.bundle((config, { rootfs }) => {
      mkdirSync(join(rootfs, "dev", "x"), { recursive: true });
      symlinkSync(join(link, host), join(rootfs, "dev", "pts"));
      config.mounts = config.mounts.filter(({ destination }) => destination !== "/dev");
      config.process.args = ["/bin/true"];
    });
    await t.run(bundle);
    untouched(host);
  });
}

test("a cwd through a leaked descriptor (CVE-2024-21626)", {
  since: "1.1.12: checks the cwd",
}, async (t) => {
  for (let fd = 3; fd < 24; fd++) {
    const bundle = t.bundle((config) => {
      config.process.cwd = `/proc/self/fd/${fd}`;
      script(config, `cat ../../../../../../../../..${t.dir}/flag`);
    });
    writeFileSync(join(t.dir, "flag"), "reached the host");
    const { stdout } = await t.run(bundle);
    assert.is(stdout, "", `fd ${fd}`);
  }
});

test("a program through a leaked descriptor (CVE-2024-21626)", {
  since: "1.1.12: closes them",
}, async (t) => {
  // Only on the host: a descriptor of the container's own directories leads nowhere else.
  writeFileSync(join(t.dir, "program"), "#!/bin/sh\necho reached\n", { mode: 0o755 });
  for (let fd = 3; fd < 16; fd++) {
    const bundle = t.bundle((config) => {
      config.process.args = [`/proc/self/fd/${fd}/../../../../../../..${t.dir}/program`];
    });
    const { code, stdout } = await t.run(bundle);
    assert.is.not(code, 0, `fd ${fd}`);
    assert.is(stdout, "", `fd ${fd}`);
  }
});

test("a null device that the image replaced (CVE-2025-31133)", {
  since: "1.2.8: verifies the inode",
}, async (t) => {
  const host = target(t);
  const bundle = t.bundle((config, { rootfs }) => {
    mkdirSync(join(rootfs, "fake-dev"));
    writeFileSync(join(rootfs, "fake-dev", "null"), "not the null device");
    writeFileSync(join(rootfs, "masked"), "secret");
    const source = join(rootfs, "fake-dev");
    config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
    config.mounts.push({ destination: "/dev", type: "bind", source, options: ["bind"] });
    config.linux.maskedPaths = ["/masked"];
    script(config, "cat /masked");
  });
  const { stdout } = await t.run(bundle);
  assert.is(stdout, "");
  untouched(host);
});

test("the runtime's binary is not in the container (CVE-2019-5736)", {
  since: "1.2: never its own file",
}, async (t) => {
  const before = statSync(runtimePath());
  const container = await t.create(t.bundle((config) => args(config, "idle")));
  const { pid } = await container.state();
  const inside = statSync(`/proc/${pid}/exe`);
  assert.not.ok(
    inside.ino === before.ino && inside.dev === before.dev,
    readlinkSync(`/proc/${pid}/exe`),
  );
});

test("#!/proc/self/exe does not run the runtime again (CVE-2019-5736)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    writeFileSync(join(rootfs, "program"), "#!/proc/self/exe\n", { mode: 0o755 });
    config.process.args = ["/program"];
  });
  const before = readFileSync(runtimePath()).length;
  assert.is.not((await t.run(bundle)).code, 0);
  assert.is(readFileSync(runtimePath()).length, before);
});

test("a mountpoint through a symlink makes nothing on the host (CVE-2024-45310)", async (t) => {
  const host = target(t);
  const bundle = t.bundle((config, { rootfs }) => {
    symlinkSync(host, join(rootfs, "link"));
    config.mounts.push({ destination: "/link/made/deep", type: "tmpfs", source: "t" });
    config.mounts.push({
      destination: "/link/file",
      type: "bind",
      source: "/etc/hostname",
      options: ["bind"],
    });
    config.process.args = ["/bin/true"];
  });
  await t.run(bundle);
  untouched(host);
});

test("a cwd, a device and tmpcopyup through symlinks make nothing on the host", async (t) => {
  const host = target(t);
  const bundle = t.bundle((config, { rootfs }) => {
    symlinkSync(host, join(rootfs, "link"));
    config.process.cwd = "/link/cwd";
    config.linux.devices = [{ path: "/link/device", type: "c", major: 1, minor: 3 }];
    config.mounts.push({
      destination: "/link",
      type: "tmpfs",
      source: "t",
      options: ["tmpcopyup"],
    });
    script(config, "cat /link/secret");
  });
  const { stdout } = await t.run(bundle);
  assert.is(stdout, "");
  untouched(host);
});

test.run();
