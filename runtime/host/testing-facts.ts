// The host of unit tests: root on cgroup v2, with every capability.

import type { Facts } from "./host.ts";

export const FACTS: Facts = {
  euid: 0,
  egid: 0,
  capabilities: 2 ** 41 - 1,
  cgroup: {
    mode: "v2",
    hierarchies: [],
    unified: { controllers: ["cpu", "memory", "pids"], root: "/sys/fs/cgroup", own: "/" },
  },
  apparmor: false,
  selinux: false,
  arch: "x86_64",
  kernel: "6.18.5",
};
