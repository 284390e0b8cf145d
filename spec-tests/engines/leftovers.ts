// What is in the box that was not before: the box has nobody else in it, so all of it is the engine's.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./command.ts";

const CGROUP = "cgroup ";

export interface Inventory {
  readonly processes: ReadonlyMap<number, string>;
  readonly mounts: ReadonlySet<string>;
  readonly cgroups: ReadonlySet<string>;
  readonly interfaces: ReadonlySet<string>;
}

export function takeInventory(): Inventory {
  return {
    processes: processes(),
    mounts: new Set(mountPoints()),
    cgroups: new Set(cgroups("/sys/fs/cgroup")),
    interfaces: new Set(list("/sys/class/net")),
  };
}

export interface LeftoverOptions {
  /** Directories that must be empty or absent: states of containers. */
  readonly states: readonly string[];
  /** Of what an engine leaves on purpose: a cgroup that is parent to all, a bridge. */
  readonly isExpected: (what: string) => boolean;
}

/** One line for each thing left. What is ending is given ten seconds. */
export async function leftovers(before: Inventory, options: LeftoverOptions): Promise<string[]> {
  let left: string[] = [];
  const settle = () => {
    left = compare(before, options);
    return left.length === 0 ? true : null;
  };
  await until("all to be gone", settle, 10_000).catch(() => {});
  return left;
}

/** What names `id` anywhere: for one container among others. What is ending is given ten seconds. */
export async function tracesOf(id: string, states: readonly string[]): Promise<string[]> {
  let found: string[] = [];
  const settle = () => {
    const now = takeInventory();
    const lines = [
      ...[...now.processes].map(([pid, what]) => `process ${pid}: ${what}`),
      ...read("/proc/self/mountinfo").split("\n"),
      ...[...now.cgroups].map((path) => `${CGROUP}${path}`),
      ...states.flatMap((path) => list(path).map((name) => `state ${join(path, name)}`)),
    ];
    found = lines.filter((line) => line.includes(id));
    return found.length === 0 ? true : null;
  };
  await until("no trace", settle, 10_000).catch(() => {});
  return found;
}

/** SIGKILL for all whose command line matches. */
export function killAll(pattern: RegExp): void {
  for (const [pid, what] of takeInventory().processes) {
    if (!pattern.test(what)) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it ended by itself
    }
  }
}

/**
 * Cgroups are removed: told once, they are not told again by the row `nothing left`.
 * @throws Error with what was left, for one container among others
 */
export async function mustBeGone(
  id: string,
  states: readonly string[],
  when: string,
): Promise<void> {
  const traces = await tracesOf(id, states);
  for (const line of traces.toReversed())
    if (line.startsWith(CGROUP)) spawnSync("rmdir", [line.slice(CGROUP.length)]);
  if (traces.length > 0) throw new Error(`${when}: left behind: ${traces.join("; ")}`);
}

/** What shows that cgroups were left and nothing else. */
export const ONLY_CGROUPS_LEFT = /left behind: (cgroup [^;]+(; |$))+$/;

function compare(before: Inventory, { states, isExpected }: LeftoverOptions): string[] {
  const now = takeInventory();
  const fresh = (kind: string, names: Iterable<string>, known: ReadonlySet<string>) =>
    [...names].filter((name) => !known.has(name)).map((name) => `${kind} ${name}`);
  const lines = [
    ...[...now.processes].flatMap(([pid, what]) =>
      before.processes.has(pid) ? [] : [`process ${pid}: ${what}`],
    ),
    ...fresh("mount", now.mounts, before.mounts),
    ...fresh("cgroup", now.cgroups, before.cgroups),
    ...fresh("interface", now.interfaces, before.interfaces),
    ...states.flatMap((directory) =>
      list(directory).map((name) => `state ${join(directory, name)}`),
    ),
  ];
  return lines.filter((line) => !isExpected(line));
}

/** Our own helpers (esbuild's service) are no engine's. */
function processes(): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of list("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const pid = Number(name);
    const [parent, state] = statOf(pid);
    if (pid === process.pid || parent === process.pid || state === "Z" || parent === null) continue;
    found.set(pid, read(`/proc/${pid}/cmdline`).split("\0").join(" ").trim());
  }
  return found;
}

function statOf(pid: number): [parent: number | null, state: string] {
  const text = read(`/proc/${pid}/stat`);
  const [state, parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return text === "" ? [null, ""] : [Number(parent), state!];
}

function mountPoints(): string[] {
  const lines = read("/proc/self/mountinfo").trimEnd().split("\n");
  return lines.map((line) => line.split(" ")[4]!);
}

function cgroups(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name))
    .flatMap((path) => [path, ...cgroups(path)]);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
