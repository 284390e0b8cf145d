// Reads lines of /proc/self/mountinfo, as the probe or the host prints them.

import { readFileSync, realpathSync } from "node:fs";

export interface MountEntry {
  readonly root: string;
  readonly target: string;
  readonly options: readonly string[];
  /** shared:N, master:N, propagate_from:N, unbindable. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

function parseMountinfo(lines: readonly string[]): MountEntry[] {
  return lines.filter(Boolean).map((line) => {
    const fields = line.split(" ");
    const dash = fields.indexOf("-");
    return {
      root: fields[3]!,
      target: fields[4]!,
      options: fields[5]!.split(","),
      propagation: fields.slice(6, dash),
      type: fields[dash + 1]!,
      source: fields[dash + 2]!,
      superOptions: fields[dash + 3]!.split(","),
    };
  });
}

/** The host's mount that `path` is on; no other may be mounted over a part of its way. */
export function mountOf(path: string): MountEntry {
  const real = realpathSync(path);
  const covers = ({ target }: MountEntry) =>
    target === "/" || real === target || real.startsWith(`${target}/`);
  return parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8").split("\n"))
    .filter(covers)
    .reduce((best, entry) => (entry.target.length >= best.target.length ? entry : best));
}

/** The topmost mount at `target`; fails with the targets that are there. */
export function mountAt(lines: readonly string[], target: string): MountEntry {
  const entries = parseMountinfo(lines);
  const found = entries.filter((entry) => entry.target === target).at(-1);
  if (found) return found;
  throw new Error(
    `nothing is mounted on ${target}, only: ${entries.map((e) => e.target).join(" ")}`,
  );
}
