// What a case left on the machine, looked for where its containers can have put anything. The processes are the injector's
// to name: it is the reaper of all.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const CGROUPS = "/sys/fs/cgroup";

export interface Places {
  /** In every name that the sweep makes. */
  readonly token: string;
  readonly stateRoot: string;
  /** Directories whose entries are not to change, with those entries. */
  readonly kept: ReadonlyMap<string, readonly string[]>;
}

/** What a directory holds now, to be compared with later. */
export function entriesOf(dirs: readonly string[]): Map<string, readonly string[]> {
  return new Map(dirs.map((dir) => [dir, readdirSync(dir).sort()]));
}

/** One line a thing; empty when nothing is left. */
export function leftovers({ token, stateRoot, kept }: Places): string[] {
  return [
    ...linesWith("/proc/self/mountinfo", token).map((line) => `mount ${line.split(" ")[4]}`),
    ...linesWith("/proc/net/unix", token).map((line) => `socket ${line.slice(line.indexOf("/"))}`),
    ...cgroupsOf(token).map((path) => `cgroup ${path}`),
    ...list(stateRoot).map((name) => `state ${name}`),
    ...[...kept].flatMap(([dir, names]) =>
      list(dir)
        .filter((name) => !names.includes(name))
        .map((name) => `file ${join(dir, name)}`),
    ),
  ];
}

/** The sweep's cgroups are at the top of each hierarchy. */
function cgroupsOf(token: string): string[] {
  const roots = [CGROUPS, ...list(CGROUPS).map((name) => join(CGROUPS, name))];
  return roots.flatMap((root) =>
    list(root)
      .filter((name) => name.includes(token))
      .map((name) => join(root, name)),
  );
}

/** Numbers of the descriptors that a process has open; undefined when it is gone. */
export function descriptorsOf(pid: number): string[] | undefined {
  return existsSync(`/proc/${pid}/fd`) ? list(`/proc/${pid}/fd`) : undefined;
}

function linesWith(path: string, token: string): string[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.includes(token));
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
