// The two containers of the sweep: one that stays, one that ends at once. Both use as much of the config as this machine
// has, so that as many of the runtime's calls as possible are there to be failed.

import { type Bundle, makeBundle } from "../harness/bundle.ts";
import type { Config, Hook } from "../harness/types.ts";

export type BundleName = "idle" | "brief" | "userns";

const ALL: Hook[] = [{ path: "/bin/true", args: ["true"] }];

export function makeBundles(dir: string, token: string): Record<BundleName, Bundle> {
  const template = `${dir}/template`;
  const make = (name: BundleName, edit: (config: Config) => void) =>
    makeBundle(`${dir}/${name}`, template, (config) => {
      enrich(config, token);
      edit(config);
    });
  return {
    idle: make("idle", (config) => {
      config.process.args = ["/bin/probe", "idle"];
    }),
    brief: make("brief", (config) => {
      config.process.args = ["/bin/echo", "ran"];
    }),
    userns: make("userns", (config) => {
      config.process.args = ["/bin/echo", "ran"];
      config.linux.namespaces.push({ type: "user" });
      const ids = [{ containerID: 0, hostID: 0, size: 65_536 }];
      Object.assign(config.linux, { uidMappings: ids, gidMappings: ids });
    }),
  };
}

function enrich(config: Config, token: string): void {
  config.linux.namespaces.push({ type: "cgroup" });
  // Leftovers are found by it; each container has its own below.
  config.process.env.push(`SPEC_TOKEN=${token}`);
  config.process.oomScoreAdj = 500;
  config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 256, hard: 256 }];
  config.mounts.push({
    destination: "/etc/hostname",
    type: "bind",
    source: "/etc/hostname",
    options: ["bind", "ro"],
  });
  config.hooks = Object.fromEntries(
    ["createRuntime", "createContainer", "startContainer", "poststart", "poststop"].map((kind) => [
      kind,
      ALL,
    ]),
  );
  Object.assign(config.linux, {
    maskedPaths: ["/proc/kcore", "/proc/scsi", "/proc/timer_list"],
    readonlyPaths: ["/proc/sys"],
    sysctl: { "net.ipv4.ip_forward": "1" },
    seccomp: {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["swapon"], action: "SCMP_ACT_ERRNO" }],
    },
  });
  config.linux.resources = {
    devices: [{ allow: false, access: "rwm" }],
    memory: { limit: 64 << 20 },
    pids: { limit: 64 },
  };
}
