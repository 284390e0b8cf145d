// Lists of numbers as the kernel writes them for CPUs and memory nodes: "0-3,7". Pure.
// Spec: config.md#linux-process (execCPUAffinity), config-linux.md#memory-policy

export interface Range {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/** The largest NR_CPUS that Linux can be built with. */
const MAX_NUMBER = 8191;

/** Spaces around entries and empty entries are let pass, as in runc. Null when it is no such list. */
export function parseRanges(list: string): Range[] | null {
  const ranges: Range[] = [];
  for (const entry of list.split(",").map((part) => part.trim())) {
    if (entry === "") continue;
    const match = /^(\d+)(?:-(\d+))?$/.exec(entry);
    if (match === null) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first > last || last > MAX_NUMBER) return null;
    ranges.push({ first, last });
  }
  return ranges;
}
