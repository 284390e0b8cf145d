// What was asked for, and what is known of the container -> the request to CRIU. Pure.

import type { CriuInheritFd, CriuOptions, CriuPair } from "../../../native/addon/index.d.ts";
import { CLONE_NEWNET } from "../kernel.ts";
import type { DumpWishes, RestoreWishes, Wishes } from "./wishes.ts";

export const DUMP_LOG = "dump.log";
export const RESTORE_LOG = "restore.log";

/** Everything that CRIU does, not each byte of it. */
const LOG_LEVEL = 4;

export interface Dumped {
  readonly pid: number;
  /** Absolute path of the root file system. */
  readonly rootfs: string;
  /** Directory of the cgroup by which CRIU stops the processes; without one it uses ptrace(2). */
  readonly freezer?: string;
  readonly configFile?: string;
  readonly mounts: readonly CriuPair[];
  readonly namespaces: readonly string[];
}

export function dumpOptions(wishes: DumpWishes, container: Dumped): CriuOptions {
  const { parentPath, pageServer } = wishes;
  const { freezer, configFile } = container;
  return {
    ...common(wishes, configFile),
    pid: container.pid,
    root: container.rootfs,
    logFile: DUMP_LOG,
    leaveRunning: wishes.leaveRunning,
    tcpSkipInFlight: wishes.tcpSkipInFlight,
    linkRemap: wishes.linkRemap,
    // memory alone needs no mounts
    extMnt: wishes.preDump ? [] : [...container.mounts],
    external: [...container.namespaces],
    ...(freezer !== undefined && { freezeCgroup: freezer }),
    ...(pageServer !== undefined && { pageServer: { ...pageServer } }),
    ...(parentPath !== undefined && { parentImg: parentPath, trackMem: true }),
  };
}

export interface Restored {
  /** The mount point that is to be its root. */
  readonly root: string;
  readonly configFile?: string;
  readonly mounts: readonly CriuPair[];
  readonly joins: readonly CriuPair[];
  readonly inherited: readonly CriuInheritFd[];
  /** Controller and path, as the text of /proc/PID/cgroup has it for a process that is where the container is to be. */
  readonly cgroups: string;
}

export function restoreOptions(wishes: RestoreWishes, container: Restored): CriuOptions {
  const { lsmProfile, lsmMountContext } = wishes;
  return {
    ...common(wishes, container.configFile),
    root: container.root,
    logFile: RESTORE_LOG,
    // the restored process is our child, not CRIU's
    rstSibling: true,
    evasiveDevices: true,
    extMnt: [...container.mounts],
    joinNs: [...container.joins],
    inheritFd: [...container.inherited],
    cgRoot: cgroupRoots(container.cgroups),
    ...(lsmProfile !== undefined && { lsmProfile }),
    ...(lsmMountContext !== undefined && { lsmMountContext }),
  };
}

function common(wishes: Wishes, configFile: string | undefined): CriuOptions {
  return {
    logLevel: LOG_LEVEL,
    notifyScripts: true,
    orphanPtsMaster: true,
    shellJob: wishes.shellJob,
    extUnixSk: wishes.extUnixSk,
    tcpEstablished: wishes.tcpEstablished,
    fileLocks: wishes.fileLocks,
    autoDedup: wishes.autoDedup,
    lazyPages: wishes.lazyPages,
    manageCgroupsMode: wishes.cgroupsMode,
    // devices and addresses of a network namespace are those of whoever made it
    emptyNs: CLONE_NEWNET,
    ...(configFile !== undefined && { configFile }),
    extMnt: [],
    cgRoot: [],
    joinNs: [],
    external: [],
    inheritFd: [],
  };
}

/** Lines "number:controllers:path"; v2 has no controllers there, and CRIU wants it so. */
export function cgroupRoots(text: string): CriuPair[] {
  const roots: CriuPair[] = [];
  for (const line of text.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    for (const key of controllers.split(",")) roots.push({ key, value: path });
  }
  return roots;
}

/**
 * The file of CRIU settings that override ours: the annotation `org.criu.config`, where an empty one asks for none; else the
 * administrator's. `exists` tells which of these there is.
 */
export function configFileOf(
  annotations: Readonly<Record<string, string>> | undefined,
  exists: (path: string) => boolean,
): string | undefined {
  const own = new Map(Object.entries(annotations ?? {})).get("org.criu.config");
  if (own !== undefined) return own === "" ? undefined : own;
  return CONFIG_FILES.find(exists);
}

/** The second is runc's, which hosts have already. */
const CONFIG_FILES = ["/etc/criu/trunc.conf", "/etc/criu/runc.conf"];
