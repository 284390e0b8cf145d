// Bundles from the templates in fixtures/: a rootfs of busybox, the files that Docker binds, config.json with real paths.
// default.json is `runc spec` without the terminal; docker-{old,new}.json are what dockerd 20.10 and 29 handed to the runtime,
// with host paths, ids and the command replaced and libnetwork's hook (a path of that very daemon) left out.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isPureV2 } from "./machine.ts";
import type { Workspace } from "./workspace.ts";

export const CASES = ["default", "docker-old", "docker-new"] as const;
export type Case = (typeof CASES)[number];

export interface Config {
  process: {
    user: { uid: number; gid: number; additionalGids?: number[] };
    args: string[];
    env?: string[];
    cwd: string;
    capabilities?: Record<string, string[]>;
    rlimits?: { type: string; soft: number; hard: number }[];
    noNewPrivileges?: boolean;
    oomScoreAdj?: number;
    [other: string]: unknown;
  };
  root: { path: string; readonly?: boolean };
  hostname?: string;
  mounts: { destination: string; type: string; source: string; options?: string[] }[];
  linux: {
    namespaces: { type: string; path?: string }[];
    resources: { devices: DeviceRule[]; [other: string]: unknown };
    devices?: { path: string; type: string; major: number; minor: number; fileMode: number }[];
    sysctl?: Record<string, string>;
    cgroupsPath?: string;
    maskedPaths?: string[];
    readonlyPaths?: string[];
    seccomp?: Seccomp;
    [other: string]: unknown;
  };
  [other: string]: unknown;
}

export interface DeviceRule {
  allow: boolean;
  type?: string;
  major?: number;
  minor?: number;
  access?: string;
}

export interface Seccomp {
  defaultAction: string;
  defaultErrnoRet?: number;
  architectures?: string[];
  syscalls: {
    names: string[];
    action: string;
    errnoRet?: number;
    args?: { index: number; value: number; valueTwo?: number; op: string }[];
  }[];
}

export interface Bundle {
  readonly name: Case;
  readonly config: Config;
  readonly rootfs: string;
  /** Runs /bin/true. */
  readonly oneShot: string;
  /** Sleeps until it is killed. */
  readonly lasting: string;
}

const DIRECTORIES = ["bin", "proc", "sys", "dev", "etc", "tmp", "run"];
const FILES = ["resolv.conf", "hostname", "hosts"];

export function makeBundle(workspace: Workspace, name: Case): Bundle {
  const dir = join(workspace.dir, name);
  const rootfs = join(dir, "rootfs");
  makeRootfs(rootfs);
  mkdirSync(join(dir, "files"));
  for (const file of FILES) writeFileSync(join(dir, "files", file), "");

  const template = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8")
    .replaceAll("@ROOTFS@", rootfs)
    .replaceAll("@FILES@", join(dir, "files"))
    .replaceAll("@CGROUP@", workspace.prefix);
  const config = forThisMachine(JSON.parse(template));
  const lasting = { ...config, process: { ...config.process, args: ["/bin/sleep", "600"] } };
  return {
    name,
    config,
    rootfs,
    oneShot: writeBundle(join(dir, "one-shot"), config),
    lasting: writeBundle(join(dir, "lasting"), lasting),
  };
}

function writeBundle(dir: string, config: Config): string {
  mkdirSync(dir);
  writeFileSync(join(dir, "config.json"), JSON.stringify(config));
  return dir;
}

function makeRootfs(rootfs: string): void {
  for (const directory of DIRECTORIES) mkdirSync(join(rootfs, directory), { recursive: true });
  for (const file of FILES) writeFileSync(join(rootfs, "etc", file), "");
  copyFileSync(findBusybox(), join(rootfs, "bin/busybox"));
  for (const tool of ["true", "sleep", "sh"]) symlinkSync("busybox", join(rootfs, "bin", tool));
}

function findBusybox(): string {
  const path = execFileSync("sh", ["-c", "command -v busybox || true"], {
    encoding: "utf8",
  }).trim();
  if (!path) throw new Error("bench needs busybox, statically linked (Debian: busybox-static)");
  if (spawnSync("ldd", [path]).status === 0)
    throw new Error(`${path} is not static (Debian: busybox-static)`);
  return path;
}

function forThisMachine(config: Config): Config {
  const { devices, ...others } = config.linux.resources;
  // Docker sends `blockIO: {weight: 0}` and the like, which ask for nothing; but crun refuses them where cgroup2 has no
  // such controller, so they are left out for everyone.
  const asked = Object.entries(others).filter(([, value]) =>
    Object.values(value ?? {}).some(Boolean),
  );
  const resources = { devices, ...Object.fromEntries(asked) };
  const { namespaces } = config.linux;
  // As `runc spec` does on such a machine.
  const isPlain = config.linux.cgroupsPath === undefined && isPureV2();
  const all = isPlain ? [...namespaces, { type: "cgroup" }] : namespaces;
  return { ...config, linux: { ...config.linux, namespaces: all, resources } };
}
