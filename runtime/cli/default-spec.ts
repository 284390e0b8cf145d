// The config.json that `spec` writes: what runc's has, so that instructions for runc fit. Pure data.

import { SPEC_VERSION } from "../config/spec-version.ts";

export interface SpecOptions {
  /** Pure cgroup v2: the container gets a cgroup namespace then. */
  readonly hasUnifiedCgroups: boolean;
  /** For a container of this ordinary user, in a user namespace. */
  readonly owner?: { readonly euid: number; readonly egid: number };
}

const CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

export function defaultSpec(options: SpecOptions): object {
  return {
    ociVersion: SPEC_VERSION,
    process: PROCESS,
    root: { path: "rootfs", readonly: true },
    hostname: "trunc",
    mounts: mounts(options),
    linux: linux(options),
  };
}

const PROCESS = {
  terminal: true,
  user: { uid: 0, gid: 0 },
  args: ["sh"],
  env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
  cwd: "/",
  capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
  rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
  noNewPrivileges: true,
};

const SAFE = ["nosuid", "noexec", "nodev"];

function mounts({ owner }: SpecOptions): object[] {
  // The group "tty" is not mapped into the namespace of a single user, and a sysfs of one's own takes a network
  // namespace of one's own.
  const pts = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];
  return [
    mount("/proc", "proc", "proc"),
    mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    mount("/dev/pts", "devpts", "devpts", owner ? pts : [...pts, "gid=5"]),
    mount("/dev/shm", "tmpfs", "shm", [...SAFE, "mode=1777", "size=65536k"]),
    mount("/dev/mqueue", "mqueue", "mqueue", SAFE),
    owner
      ? mount("/sys", "none", "/sys", ["rbind", ...SAFE, "ro"])
      : mount("/sys", "sysfs", "sysfs", [...SAFE, "ro"]),
    mount("/sys/fs/cgroup", "cgroup", "cgroup", [...SAFE, "relatime", "ro"]),
  ];
}

function mount(destination: string, type: string, source: string, options?: string[]): object {
  return { destination, type, source, ...(options && { options }) };
}

function linux({ owner, hasUnifiedCgroups }: SpecOptions): object {
  const kinds = ["pid", ...(owner ? [] : ["network"]), "ipc", "uts", "mount"];
  if (owner) kinds.push("user");
  if (hasUnifiedCgroups) kinds.push("cgroup");
  return {
    ...(owner
      ? { uidMappings: [mapping(owner.euid)], gidMappings: [mapping(owner.egid)] }
      : { resources: { devices: [{ allow: false, access: "rwm" }] } }),
    namespaces: kinds.map((type) => ({ type })),
    maskedPaths: MASKED_PATHS,
    readonlyPaths: READONLY_PATHS,
  };
}

function mapping(hostID: number): object {
  return { containerID: 0, hostID, size: 1 };
}

const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/sys/firmware",
  "/proc/scsi",
];

const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
