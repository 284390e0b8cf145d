// features: what the runtime says it can do.
// Spec: features.md, features-linux.md

import * as assert from "uvu/assert";
import type { Sandbox } from "../harness/sandbox.ts";
import { spec } from "../harness/suite.ts";

const test = spec("features");

interface Features {
  readonly ociVersionMin: string;
  readonly ociVersionMax: string;
  readonly hooks: string[];
  readonly mountOptions: string[];
  readonly linux: {
    readonly namespaces: string[];
    readonly capabilities: string[];
    readonly cgroup: Record<string, boolean>;
    readonly seccomp: Record<
      "actions" | "operators" | "archs" | "knownFlags" | "supportedFlags",
      string[]
    > & {
      enabled: boolean;
    };
    readonly [key: string]: unknown;
  };
  readonly annotations?: Record<string, string>;
  readonly potentiallyUnsafeConfigAnnotations?: string[];
}

async function features(t: Sandbox): Promise<Features> {
  const result = await t.runtime(["features"]);
  assert.is(result.code, 0, result.stderr);
  return JSON.parse(result.stdout) as Features;
}

const includes = (all: readonly string[], some: readonly string[]) => {
  for (const name of some) assert.ok(all.includes(name), `${name} in ${all.join(" ")}`);
};

test("versions (features.md#specification-version)", async (t) => {
  const seen = await features(t);
  assert.is(seen.ociVersionMin, "1.0.0");
  assert.match(seen.ociVersionMax, /^1\.\d+\.\d+/);
});

test("hooks: all six (features.md#hooks)", async (t) => {
  const { hooks } = await features(t);
  includes(hooks, [
    "prestart",
    "createRuntime",
    "createContainer",
    "startContainer",
    "poststart",
    "poststop",
  ]);
});

test("mountOptions (features.md#mount-options)", async (t) => {
  const { mountOptions } = await features(t);
  includes(mountOptions, [
    "bind",
    "rbind",
    "ro",
    "rw",
    "nosuid",
    "nodev",
    "noexec",
    "remount",
    "rprivate",
    "rslave",
    "rshared",
  ]);
  includes(mountOptions, ["tmpcopyup", "rro", "rnosuid", "strictatime", "sync", "dirsync"]);
});

test("namespaces (features-linux.md#namespaces)", async (t) => {
  const { linux } = await features(t);
  includes(linux.namespaces, ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"]);
});

test("namespaces: time (features-linux.md#namespaces)", { since: "1.2: time" }, async (t) => {
  includes((await features(t)).linux.namespaces, ["time"]);
});

test("capabilities (features-linux.md#capabilities)", async (t) => {
  const { linux } = await features(t);
  includes(linux.capabilities, ["CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_BPF", "CAP_CHECKPOINT_RESTORE"]);
  assert.ok(linux.capabilities.every((name) => /^CAP_[A-Z_]+$/.test(name)));
});

test("cgroup (features-linux.md#cgroup)", async (t) => {
  const { cgroup } = (await features(t)).linux;
  assert.is(cgroup.v1, true);
  assert.is(cgroup.v2, true);
  assert.type(cgroup.systemd, "boolean");
});

test("seccomp (features-linux.md#seccomp)", async (t) => {
  const { seccomp } = (await features(t)).linux;
  assert.is(seccomp.enabled, true);
  includes(seccomp.actions, [
    "SCMP_ACT_ALLOW",
    "SCMP_ACT_ERRNO",
    "SCMP_ACT_KILL_PROCESS",
    "SCMP_ACT_NOTIFY",
    "SCMP_ACT_LOG",
  ]);
  includes(seccomp.operators, ["SCMP_CMP_EQ", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"]);
  includes(seccomp.archs, [
    "SCMP_ARCH_X86_64",
    "SCMP_ARCH_AARCH64",
    "SCMP_ARCH_X86",
    "SCMP_ARCH_X32",
  ]);
});

test("seccomp flags (features-linux.md#seccomp)", { since: "1.2: knownFlags" }, async (t) => {
  const { seccomp } = (await features(t)).linux;
  includes(seccomp.knownFlags, [
    "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_LOG",
    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
  ]);
  includes(seccomp.supportedFlags, ["SECCOMP_FILTER_FLAG_LOG"]);
});

for (const [name, since] of [
  ["apparmor", "1.1: apparmor"],
  ["selinux", "1.1: selinux"],
  ["intelRdt", "1.2: intelRdt"],
  ["netDevices", "1.4: netDevices"],
] as const) {
  test(`${name}.enabled (features-linux.md#${name.toLowerCase()})`, { since }, async (t) => {
    const { linux } = await features(t);
    assert.type((linux[name] as { enabled: boolean }).enabled, "boolean");
  });
}

test("idmap (features-linux.md#mount-extensions)", { since: "1.2: mountExtensions" }, async (t) => {
  const { linux } = await features(t);
  assert.equal(linux.mountExtensions, { idmap: { enabled: true } });
});

test("memoryPolicy (features-linux.md#memory-policy)", {
  since: "1.4: memoryPolicy",
}, async (t) => {
  const { modes } = (await features(t)).linux.memoryPolicy as { modes: string[] };
  includes(modes, ["MPOL_DEFAULT", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_PREFERRED"]);
});

test("what is said to work as mount option does (features.md#mount-options)", {
  since: "1.2: no deprecated names",
}, async (t) => {
  const { mountOptions } = await features(t);
  // Those that change what the mount is, or that need more than a name.
  const special = new Set([
    "defaults",
    "bind",
    "rbind",
    "remount",
    "idmap",
    "ridmap",
    "mand",
    "loud",
    "iversion",
    "sync",
    "dirsync",
    "async",
  ]);
  const options = mountOptions.filter(
    (name) => !special.has(name) && !/^r?(un)?(bindable|shared|slave|private)$/.test(name),
  );
  for (const option of options) {
    const bundle = t.bundle((config) => {
      config.mounts.push({ destination: "/m", type: "tmpfs", source: "m", options: [option] });
      config.process.args = ["/bin/true"];
    });
    const result = await t.run(bundle);
    assert.is(result.code, 0, `${option}: ${result.stderr}`);
  }
});

test.run();
