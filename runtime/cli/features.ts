// `trunc features`: what this runtime supports, from the tables that the code itself uses.
// Spec: features.md, features-linux.md

import { CAPABILITY_NAMES } from "../../schemas/capability-names.ts";
import { MEMORY_POLICY_FLAGS, MEMORY_POLICY_MODES } from "../../schemas/names.ts";
import { SPEC_VERSION } from "../config/spec-version.ts";
import { HOOK_KINDS } from "../hooks/order.ts";
import type { Facts } from "../host/host.ts";
import { MOUNT_OPTIONS } from "../plan/mount-options.ts";
import { NAMESPACE_FLAGS } from "../plan/namespaces.ts";
import { ACTIONS, ARCHITECTURES, FLAGS, OPERATORS } from "../seccomp/words.ts";
import type { Context, Outcome } from "./context.ts";
import { COMMIT, VERSION } from "./version.ts";

export function run({ host }: Context): Outcome {
  const lastCapability = Number(host.readText("/proc/sys/kernel/cap_last_cap", 16).text);
  const document = features(host.facts(), lastCapability);
  return { exitCode: 0, output: `${JSON.stringify(document, null, 4)}\n` };
}

/** `lastCapability`: number of the last one that the kernel knows. */
export function features(facts: Facts, lastCapability: number): object {
  return {
    ociVersionMin: "1.0.0",
    ociVersionMax: SPEC_VERSION,
    hooks: HOOK_KINDS.map(({ name }) => name),
    mountOptions: sorted(MOUNT_OPTIONS),
    linux: {
      namespaces: sorted(NAMESPACE_FLAGS),
      capabilities: CAPABILITY_NAMES.slice(0, lastCapability + 1),
      cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
      seccomp: seccomp(facts),
      apparmor: { enabled: true },
      selinux: { enabled: true },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      memoryPolicy: {
        modes: [...MEMORY_POLICY_MODES].sort(),
        flags: [...MEMORY_POLICY_FLAGS].sort(),
      },
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: true },
    },
    annotations: {
      "dev.trunc.version": VERSION,
      "dev.trunc.commit": COMMIT,
      "dev.trunc.checkpoint.enabled": "true",
    },
    // A file of settings for CRIU; and, a prefix, properties of the container's unit, from a list of those that are allowed.
    potentiallyUnsafeConfigAnnotations: ["org.criu.config", "org.systemd.property."],
  };
}

function seccomp({ kernel, arch }: Facts): object {
  const own = [...ARCHITECTURES.values()].find(({ name }) => name === arch);
  // calls of the other byte order can't come here: a profile that names such an architecture is refused
  const archs = [...ARCHITECTURES].filter(
    ([, { isBigEndian }]) => isBigEndian === (own?.isBigEndian ?? false),
  );
  return {
    enabled: true,
    actions: sorted(ACTIONS),
    operators: sorted(OPERATORS),
    archs: sorted(new Map(archs)),
    knownFlags: [...FLAGS.keys()],
    supportedFlags: [...FLAGS.keys()].filter((flag) => isAtLeast(kernel, SINCE.get(flag))),
  };
}

/** The kernel that brought a flag, where that is later than the oldest we run on. */
const SINCE: ReadonlyMap<string, readonly [major: number, minor: number]> = new Map([
  ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", [5, 19]],
]);

function isAtLeast(kernel: string, since: readonly [number, number] = [0, 0]): boolean {
  const [major = 0, minor = 0] = kernel.split(/[^\d]+/).map(Number);
  return major > since[0] || (major === since[0] && minor >= since[1]);
}

function sorted(table: ReadonlyMap<string, unknown>): string[] {
  return [...table.keys()].sort();
}
