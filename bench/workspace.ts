// The bench's own corner of the machine: a directory, an id prefix, and the promise that nothing of either stays behind.

import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Workspace {
  readonly dir: string;
  /** Every container id and cgroup of this run begins with it. */
  readonly prefix: string;
  /** What `dir` lies on: "tmpfs" or "disk". */
  readonly medium: string;
}

const CGROUPS = "/sys/fs/cgroup";
const REMOVE_TRIES = 50;

export function makeWorkspace(wantTmpfs: boolean): Workspace {
  const onTmpfs = wantTmpfs && isExecutableTmpfs("/dev/shm");
  if (wantTmpfs && !onTmpfs) console.error("bench: /dev/shm is no executable tmpfs: using disk");
  const prefix = `trunc-bench-${process.pid}`;
  const dir = mkdtempSync(join(onTmpfs ? "/dev/shm" : tmpdir(), `${prefix}-`));
  return { dir, prefix, medium: onTmpfs ? "tmpfs" : "disk" };
}

/** The state root of one runtime. */
export function stateRoot(workspace: Workspace, runtime: string): string {
  const root = join(workspace.dir, "state", runtime);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return root;
}

/** Containers by their runtimes, then what is left in their cgroups, the cgroups, the directory. */
export function removeWorkspace(
  workspace: Workspace,
  runtimes: readonly { name: string; path: string; env: readonly string[] }[],
): void {
  for (const runtime of runtimes) {
    const root = join(workspace.dir, "state", runtime.name);
    for (const id of existsSync(root) ? readdirSync(root) : []) {
      if (!id.startsWith(workspace.prefix)) continue;
      spawnSync(runtime.path, ["--root", root, "delete", "--force", id], { timeout: 30_000 });
    }
  }
  for (const cgroup of ownCgroups(workspace.prefix)) removeCgroup(cgroup);
  rmSync(workspace.dir, { recursive: true, force: true });
}

/** Deepest first. Below the root of each hierarchy and below our own cgroup, where a config without cgroupsPath may end. */
function ownCgroups(prefix: string): string[] {
  const found = new Set<string>();
  const own = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  for (const line of own) {
    const [, controllers = "", path = "/"] = line.split(":");
    const name = controllers === "" ? "unified" : controllers.replace(/^name=/, "");
    for (const base of [CGROUPS, join(CGROUPS, name)])
      for (const start of [base, join(base, path)])
        for (const entry of directories(start))
          if (entry.includes(prefix)) found.add(join(start, entry));
  }
  return [...found].flatMap((top) => [...below(top), top]);
}

function below(dir: string): string[] {
  return directories(dir).flatMap((entry) => [...below(join(dir, entry)), join(dir, entry)]);
}

function directories(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
}

function removeCgroup(dir: string): void {
  for (let attempt = 0; attempt < REMOVE_TRIES && existsSync(dir); attempt++) {
    try {
      rmdirSync(dir);
    } catch {
      // Only pids of a cgroup that this run has made; they go away with a delay.
      for (const pid of readFileSync(join(dir, "cgroup.procs"), "utf8").split("\n").filter(Boolean))
        spawnSync("kill", ["-KILL", pid]);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
  if (existsSync(dir)) console.error(`bench: could not remove ${dir}`);
}

function isExecutableTmpfs(dir: string): boolean {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "));
  const last = mounts.filter((mount) => mount[1] === dir).at(-1);
  if (last?.[2] !== "tmpfs" || last[3]?.split(",").includes("noexec")) return false;
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
