// What the tests of this folder share: a host, a config, a context, and a way to see the steps. For tests only.

import type { Config } from "../config/types.ts";
import { RuntimeError } from "../errors.ts";
import { ALL_CAPABILITIES } from "./capabilities.ts";
import { cgroupLayout } from "./cgroup/path.ts";
import type { Context } from "./context.ts";
import type { CgroupFacts, Facts } from "./facts.ts";
import { namespacesOf } from "./namespaces.ts";
import type { PlanOptions } from "./options.ts";
import { absolutePath } from "./paths.ts";

export const V2: CgroupFacts = {
  mode: "v2",
  hierarchies: [],
  unified: {
    root: "/sys/fs/cgroup",
    own: "/user.slice/session",
    controllers: ["cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma"],
  },
};

const v1 = (...controllers: string[]) => ({
  controllers,
  root: `/sys/fs/cgroup/${controllers.join(",").replace("name=", "")}`,
  own: "/me",
});

export const V1: CgroupFacts = {
  mode: "v1",
  hierarchies: [
    v1("cpuset"),
    v1("cpu", "cpuacct"),
    v1("memory"),
    v1("devices"),
    v1("pids"),
    v1("blkio"),
    v1("hugetlb"),
    v1("net_cls", "net_prio"),
    v1("rdma"),
    v1("freezer"),
    v1("name=systemd"),
  ],
};

/** Controllers on v1, the unified hierarchy with one of its own beside them. */
export const HYBRID: CgroupFacts = {
  mode: "hybrid",
  hierarchies: [v1("memory"), v1("devices"), v1("freezer")],
  unified: { root: "/sys/fs/cgroup/unified", own: "/", controllers: ["hugetlb"] },
};

export const NO_CGROUPS: CgroupFacts = { mode: "none", hierarchies: [] };

export function someFacts(facts: Partial<Facts> = {}): Facts {
  return {
    euid: 0,
    capabilities: ALL_CAPABILITIES,
    egid: 0,
    cgroup: V2,
    apparmor: false,
    selinux: false,
    arch: "x86_64",
    kernel: "6.18.5",
    ...facts,
  };
}

export const OPTIONS: PlanOptions = { id: "c1", bundle: "/bundle" };

/** The least that is a config. */
export const BASE: Config = {
  ociVersion: "1.3.0",
  root: { path: "rootfs" },
  process: { user: { uid: 0, gid: 0 }, cwd: "/", args: ["true"], env: ["PATH=/bin", "HOME=/root"] },
  linux: { namespaces: [{ type: "mount" }] },
};

export function someContext(
  config: Partial<Config> = {},
  facts: Partial<Facts> = {},
  options: Partial<PlanOptions> = {},
): Context {
  const whole: Config = { ...BASE, ...config };
  const linux = { ...BASE.linux, ...whole.linux };
  const host = someFacts(facts);
  const all = { ...OPTIONS, ...options };
  return {
    config: { ...whole, linux },
    linux,
    facts: host,
    options: all,
    namespaces: namespacesOf(linux),
    cgroups: cgroupLayout(linux, host, all),
    rootfs: absolutePath(whole.root.path, all.bundle),
    fds: [],
    warnings: [],
  };
}

/** A context whose process has these fields. */
export function processContext(
  process: Partial<Config["process"]>,
  facts: Partial<Facts> = {},
  options: Partial<PlanOptions> = {},
): Context {
  return someContext({ process: { ...BASE.process, ...process } }, facts, options);
}

/** A context whose `linux` has these fields. */
export function linuxContext(
  linux: NonNullable<Config["linux"]>,
  facts: Partial<Facts> = {},
  options: Partial<PlanOptions> = {},
): Context {
  return someContext({ linux }, facts, options);
}

/** The message of the error that `action` throws; fails when it throws none, or none of ours. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof RuntimeError) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}
