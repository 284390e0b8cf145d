// What the numbers were measured on.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly distribution: string;
  readonly cgroups: string;
  readonly load: string;
}

interface MountPoint {
  readonly path: string;
  readonly type: string;
}

export function describeMachine(): Machine {
  const os = readFileSync("/etc/os-release", "utf8");
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cpus: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release().split("-")[0] ?? "unknown", // without the builder's tags
    distribution: /^PRETTY_NAME="?([^"\n]*)/m.exec(os)?.[1] ?? "unknown",
    cgroups: describeCgroups(),
    load: readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).join(" "),
  };
}

/** Directories of the v1 hierarchies and of cgroup2, in mount order. */
export function cgroupMounts(): { v1: string[]; v2: string | undefined } {
  const mounts = mountPoints().filter(
    ({ path }) => path === "/sys/fs/cgroup" || path.startsWith("/sys/fs/cgroup/"),
  );
  return {
    v1: mounts.filter(({ type }) => type === "cgroup").map(({ path }) => path),
    v2: mounts.find(({ type }) => type === "cgroup2")?.path,
  };
}

export function isPureV2(): boolean {
  return cgroupMounts().v1.length === 0;
}

function mountPoints(): MountPoint[] {
  const lines = readFileSync("/proc/self/mounts", "utf8").trim().split("\n");
  return lines.map((line) => {
    const [, path = "", type = ""] = line.split(" ");
    return { path, type };
  });
}

function describeCgroups(): string {
  const { v1, v2 } = cgroupMounts();
  const controllers =
    v2 === undefined ? "" : readFileSync(`${v2}/cgroup.controllers`, "utf8").trim();
  const unified = `v2 (controllers: ${controllers || "none"})`;
  if (v1.length === 0) return unified;
  return v2 === undefined
    ? `v1 (${v1.length} hierarchies)`
    : `hybrid (${v1.length} v1 hierarchies, ${unified})`;
}

/** First line of `command --version`, or "missing". */
export function versionLine(path: string, env: NodeJS.ProcessEnv = process.env): string {
  try {
    const text = execFileSync(path, ["--version"], {
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text.split("\n")[0]?.trim() ?? "";
  } catch {
    return "missing";
  }
}
