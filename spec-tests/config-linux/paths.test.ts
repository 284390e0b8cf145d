// linux.maskedPaths, readonlyPaths, rootfsPropagation, mountLabel; process.apparmorProfile and selinuxLabel.
// Spec: config-linux.md#masked-paths, #readonly-paths, #rootfs-mount-propagation, #mount-label

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { script } from "../harness/bundle.ts";
import { succeeded } from "../harness/container.ts";
import { mountAt } from "../harness/mountinfo.ts";
import { type Act, ask, info, type Stat } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config-linux/paths");

test("a masked file reads as empty and can't be written (config-linux.md#masked-paths)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    writeFileSync(join(rootfs, "secret"), "secret\n");
    config.linux.maskedPaths = ["/secret"];
    script(config, "cat /secret; echo x > /secret; cat /secret");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "");
});

test("a masked file is the null device (config-linux.md#masked-paths)", async (t) => {
  const [seen] = await ask<Stat[]>(t, ["stat", "/secret"], (config, { rootfs }) => {
    writeFileSync(join(rootfs, "secret"), "");
    config.linux.maskedPaths = ["/secret"];
  });
  assert.equal([seen!.type, seen!.major, seen!.minor], ["c", 1, 3]);
});

test("a masked directory is empty and read-only (config-linux.md#masked-paths)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    mkdirSync(join(rootfs, "hidden"));
    writeFileSync(join(rootfs, "hidden", "file"), "");
    config.linux.maskedPaths = ["/hidden", "/proc/acpi", "/sys/firmware"];
    script(
      config,
      "ls -A /hidden /sys/firmware | busybox grep -v : ; echo > /hidden/x || echo refused",
    );
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout.trim(), "refused");
});

test("a masked path that is missing is no error (config-linux.md#masked-paths)", async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.maskedPaths = ["/nonexistent", "/proc/nonexistent/deep"];
  });
  succeeded("run", await t.run(bundle));
});

test("fifty masked directories (config-linux.md#masked-paths)", async (t) => {
  const names = Array.from({ length: 50 }, (_, i) => `/many${i}`);
  const { mountinfo } = await info(t, (config, { rootfs }) => {
    for (const name of names) mkdirSync(join(rootfs, name));
    config.linux.maskedPaths = names;
  });
  for (const name of names) assert.ok(mountAt(mountinfo, name).options.includes("ro"));
});

test("a symlink as masked path does not reach out of the rootfs (config-linux.md#masked-paths)", async (t) => {
  const outside = join(t.dir, "outside");
  writeFileSync(outside, "untouched");
  const bundle = t.bundle((config, { rootfs }) => {
    writeFileSync(join(rootfs, "real"), "secret\n");
    symlinkSync("/real", join(rootfs, "link"));
    config.linux.maskedPaths = ["/link"];
    script(config, "cat /real");
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "");
});

test("a read-only path can be read, not written (config-linux.md#readonly-paths)", async (t) => {
  const bundle = t.bundle((config, { rootfs }) => {
    mkdirSync(join(rootfs, "ro"));
    writeFileSync(join(rootfs, "ro", "file"), "content\n");
    config.linux.readonlyPaths = ["/ro"];
    script(
      config,
      "cat /ro/file; echo x > /ro/file || echo refused; echo > /beside && echo written",
    );
  });
  assert.is(succeeded("run", await t.run(bundle)).stdout, "content\nrefused\nwritten\n");
});

test("a single read-only file (config-linux.md#readonly-paths)", async (t) => {
  const act = await ask<Act>(t, ["open", "/file", "w"], (config, { rootfs }) => {
    writeFileSync(join(rootfs, "file"), "");
    config.linux.readonlyPaths = ["/file"];
  });
  assert.is(act.errno, "EROFS");
});

test("a read-only path keeps the mount's other flags (config-linux.md#readonly-paths)", async (t) => {
  const { mountinfo } = await info(t, (config) => {
    const proc = config.mounts.find(({ destination }) => destination === "/proc")!;
    proc.options = ["nosuid", "noexec", "nodev"];
    config.linux.readonlyPaths = ["/proc/sys"];
  });
  const { options } = mountAt(mountinfo, "/proc/sys");
  for (const name of ["ro", "nosuid", "noexec", "nodev"])
    assert.ok(options.includes(name), `${name} in ${options}`);
});

test("a read-only path that is missing is no error (config-linux.md#readonly-paths)", async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.readonlyPaths = ["/nonexistent"];
  });
  succeeded("run", await t.run(bundle));
});

const PROPAGATION: [mode: string, pattern: RegExp][] = [
  ["shared", /^shared:\d+$/],
  ["private", /^$/],
  ["rprivate", /^$/],
  ["unbindable", /^unbindable$/],
];

for (const [mode, pattern] of PROPAGATION) {
  const options = { since: "1.2: set after the pivot" };
  test(
    `rootfsPropagation ${mode} (config-linux.md#rootfs-mount-propagation)`,
    options,
    async (t) => {
      const { mountinfo } = await info(t, (config) => {
        config.linux.rootfsPropagation = mode;
      });
      assert.match(mountAt(mountinfo, "/").propagation.join(" "), pattern);
    },
  );
}

// Whether mounts get in is tested with the mount options: the rootfs itself is a bind of a private parent.
for (const mode of ["slave", "rslave"]) {
  test(`rootfsPropagation ${mode}: nothing gets out (config-linux.md#rootfs-mount-propagation)`, async (t) => {
    const { mountinfo } = await info(t, (config) => {
      config.linux.rootfsPropagation = mode;
    });
    assert.not.match(mountAt(mountinfo, "/").propagation.join(" "), /shared/);
  });
}

test("no rootfsPropagation: nothing gets in or out (config-linux.md#rootfs-mount-propagation)", async (t) => {
  const { mountinfo } = await info(t);
  assert.not.match(mountAt(mountinfo, "/").propagation.join(" "), /shared/);
});

const LABEL = "system_u:object_r:container_file_t:s0";

test("mountLabel without SELinux is a clear error (config-linux.md#mount-label)", {
  needs: ["no SELinux"],
  deviates: "mounts with context= and lets the kernel refuse",
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.linux.mountLabel = LABEL;
  });
  const result = await t.run(bundle);
  assert.is(result.code, 1);
  assert.match(result.stderr, /\/linux\/mountLabel.*SELinux/i);
});

test("selinuxLabel without SELinux is a clear error (config.md#linux-process)", {
  needs: ["no SELinux"],
  deviates: "says selinux label is specified",
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.process.selinuxLabel = "system_u:system_r:container_t:s0";
  });
  const result = await t.run(bundle);
  assert.is(result.code, 1);
  assert.match(result.stderr, /\/process\/selinuxLabel.*SELinux/i);
});

test("apparmorProfile without AppArmor is a clear error (config.md#linux-process)", {
  needs: ["no AppArmor"],
}, async (t) => {
  const bundle = t.bundle((config) => {
    config.process.apparmorProfile = "some-profile";
  });
  const result = await t.run(bundle);
  assert.is(result.code, 1);
  assert.match(result.stderr, /apparmor/i);
});

test("empty labels and profiles are none (config.md#linux-process)", async (t) => {
  const bundle = t.bundle((config) => {
    config.process.selinuxLabel = "";
    config.process.apparmorProfile = "";
    config.linux.mountLabel = "";
  });
  succeeded("run", await t.run(bundle));
});

test.run();
