// A runtime inside a container: of a container that gives it what it needs, and of one with Docker's default profile and
// capabilities, where it can't work and has to say so.
// Spec: runtime.md#errors

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { makeRootfs, REPOSITORY } from "../harness/build.ts";
import { type Bundle, script } from "../harness/bundle.ts";
import { defaultConfig } from "../harness/default-config.ts";
import { runtimePath } from "../harness/runtime.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";

const test = spec("denied/nested");

const OTHERS = {
  deviates: "is no single static file, or has other words",
  needs: ["no filter around it", "no sanitizer in it"],
  timeoutMs: 120_000,
};

type EditConfig = (config: Config) => void;

/** A container whose program is this runtime, with a bundle of its own in /inner. */
function outer(t: Sandbox, edit: EditConfig, inner: EditConfig = () => {}): Bundle {
  return t.bundle((config, { rootfs, dir }) => {
    copyFileSync(runtimePath(), join(rootfs, "bin/trunc"));
    const bundle = join(dir, "inner");
    makeRootfs(join(bundle, "rootfs"), join(dir, "template"));
    const config2 = defaultConfig();
    script(config2, "echo inner, pid $$; exit 7");
    inner(config2);
    writeFileSync(join(bundle, "config.json"), JSON.stringify(config2));
    mkdirSync(join(dir, "state"));
    for (const [source, destination] of [
      [bundle, "/inner"],
      [join(dir, "state"), "/run"],
    ] as const)
      config.mounts.push({ destination, type: "bind", source, options: ["bind", "dev"] });
    script(
      config,
      "trunc run --bundle /inner inside; echo exit $?; ls /run/trunc 2>/dev/null | wc -l",
    );
    edit(config);
  });
}

/** As `docker run --privileged`: every capability that there is here, no filter, cgroups that can be written to. */
function privileged(config: Config): void {
  const bounding = BigInt(
    `0x${/^CapBnd:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "utf8"))![1]}`,
  );
  const names = capabilityNames().filter((_, bit) => (bounding >> BigInt(bit)) & 1n);
  config.process.capabilities = { bounding: names, effective: names, permitted: names };
  config.process.noNewPrivileges = false;
  const sys = config.mounts.find(({ destination }) => destination === "/sys");
  sys!.options = ["nosuid", "noexec", "nodev"];
  config.mounts.push({ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" });
  config.linux.namespaces.push({ type: "cgroup" });
  config.linux.resources = { devices: [{ allow: true, access: "rwm" }] };
}

/** What dockerd gives a container that asks for nothing. */
function likeDocker(config: Config): void {
  const path = join(REPOSITORY, "spec-tests/fixtures/engines/docker-new-01.json");
  const recorded = JSON.parse(readFileSync(path, "utf8")) as Config;
  const { capabilities, noNewPrivileges = false } = recorded.process;
  Object.assign(config.process, { capabilities, noNewPrivileges });
  const { seccomp, maskedPaths, readonlyPaths } = recorded.linux;
  Object.assign(config.linux, { seccomp, maskedPaths, readonlyPaths });
}

function capabilityNames(): string[] {
  const text = readFileSync("/usr/include/linux/capability.h", "utf8");
  const found = [...text.matchAll(/^#define (CAP_\w+)\s+(\d+)$/gm)].map(
    ([, name, bit]) => [Number(bit), name!] as const,
  );
  return found.sort(([a], [b]) => a - b).map(([, name]) => name);
}

const PRIVILEGED = { ...OTHERS, needs: [...OTHERS.needs, "kernel headers"] };

test(
  "trunc in a privileged container of trunc's works (runtime.md#errors)",
  PRIVILEGED,
  async (t) => {
    const { stdout, stderr } = await t.run(outer(t, privileged));
    assert.is(stdout, "inner, pid 1\nexit 7\n0\n", stderr);
  },
);

test("a limit beneath a cgroup that holds processes: refused with the reason (config-linux.md#control-groups)", {
  ...PRIVILEGED,
  needs: [...PRIVILEGED.needs, "pure cgroup v2"],
}, async (t) => {
  const limited: EditConfig = (config) => {
    config.linux.resources = { pids: { limit: 20 } };
  };
  const { stdout, stderr } = await t.run(outer(t, privileged, limited));
  assert.is(stdout, "exit 1\n0\n", stderr);
  assert.match(stderr, /^trunc: linux\.resources\.pids\.limit .*holds processes itself\n$/);
});

test("three deep (runtime.md#errors)", PRIVILEGED, async (t) => {
  const bundle = outer(t, privileged, (config) => {
    privileged(config);
    config.mounts.push({ destination: "/run", type: "tmpfs", source: "tmpfs" });
    const make =
      "mkdir -p /run/b/rootfs/bin /run/b/rootfs/proc && cp /bin/busybox /run/b/rootfs/bin/sh";
    const spec =
      'cd /run/b && trunc spec && busybox sed -i \'s/"terminal": true/"terminal": false/; s/"sh"/"sh","-c","echo third"/\' config.json';
    script(config, `${make} && ${spec} && trunc run innermost`);
  });
  copyFileSync(runtimePath(), join(bundle.dir, "inner/rootfs/bin/trunc"));
  const { stdout, stderr } = await t.run(bundle);
  assert.is(stdout, "third\nexit 0\n0\n", stderr);
});

test(
  "trunc beneath Docker's default profile: one line that says what is missing, nothing left (runtime.md#errors)",
  OTHERS,
  async (t) => {
    const { stdout, stderr } = await t.run(outer(t, likeDocker));
    assert.is(stdout, "exit 1\n0\n", stderr);
    assert.match(stderr, /^trunc: [^\n]*this host has no[^\n]*\n$/);
  },
);

test(
  "the same with cgroups that can be written to: what the profile forbids is named (runtime.md#errors)",
  OTHERS,
  async (t) => {
    const bundle = outer(t, (config) => {
      likeDocker(config);
      config.mounts.push({ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" });
      config.linux.namespaces.push({ type: "cgroup" });
    });
    const { stdout, stderr } = await t.run(bundle);
    assert.is(stdout, "exit 1\n0\n", stderr);
    assert.match(stderr, /^trunc: [^\n]*: \w+: (EPERM|ENOSYS) [^\n]*\n$/);
  },
);

test.run();
