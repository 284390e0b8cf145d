// Where the machine's cgroup hierarchies are and what a container's cgroup files say.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Hierarchy {
  readonly version: 1 | 2;
  readonly mount: string;
}

/** The hierarchy that carries `controller`, or null when none does. */
export function hierarchy(controller: string): Hierarchy | null {
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const fields = line.split(" ");
    const dash = fields.indexOf("-");
    const [type, , options] = fields.slice(dash + 1);
    const mount = fields[4];
    if (!mount) continue;
    if (type === "cgroup" && options?.split(",").includes(controller)) return { version: 1, mount };
    if (type !== "cgroup2") continue;
    const controllers = readFileSync(join(mount, "cgroup.controllers"), "utf8").trim().split(" ");
    const v2Name = controller === "blkio" ? "io" : controller;
    if (controllers.includes(v2Name)) return { version: 2, mount };
  }
  return null;
}

/** True where cgroup2 is all there is: no hierarchy of v1, not even systemd's. */
export function isPureV2(): boolean {
  return existsSync("/sys/fs/cgroup/cgroup.controllers");
}

/**
 * Where a relative cgroupsPath starts: on v1 the caller's own cgroup; on v2, where a cgroup with
 * processes can't give controllers to those below it, the one above that.
 */
export function relativeBase(controller: string): string | null {
  const found = hierarchy(controller);
  const own = cgroupDirectory(controller);
  if (found?.version !== 2 || own === null || own === found.mount) return own;
  return dirname(own);
}

/** The lines of a container's /proc/PID/cgroup that every runtime answers for: runc 1.1 leaves hybrid's v2 half alone. */
export function controllerLines(cgroup: readonly string[]): readonly string[] {
  return isPureV2() ? cgroup : cgroup.filter((line) => !line.startsWith("0::"));
}

/** Directory of the cgroup that `pid` (default: this process) is in, for `controller`. */
export function cgroupDirectory(controller: string, pid: number | "self" = "self"): string | null {
  const found = hierarchy(controller);
  if (!found) return null;
  for (const line of readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n")) {
    const [, names, ...rest] = line.split(":");
    const matches = found.version === 2 ? names === "" : names!.split(",").includes(controller);
    if (matches) return join(found.mount, rest.join(":"));
  }
  return null;
}

/** Content of a cgroup file of `pid`, trimmed; fails with the files that are there. */
export function cgroupFile(controller: string, pid: number, name: string): string {
  const directory = cgroupDirectory(controller, pid);
  if (!directory) throw new Error(`no ${controller} hierarchy`);
  const path = join(directory, name);
  if (!existsSync(path))
    throw new Error(`no ${path}; there are: ${readdirSync(directory).join(" ")}`);
  return readFileSync(path, "utf8").trim();
}
