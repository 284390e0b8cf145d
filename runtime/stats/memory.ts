// Memory, huge pages and processes, as `events` prints them. Pure.

import {
  type Count,
  countOf,
  countsOf,
  linesOf,
  NO_LIMIT,
  pressureOf,
  type Read,
  sum,
  unlessEmpty,
  withoutEmpty,
} from "./values.ts";

const V1_KINDS = ["memory", "memory.memsw", "memory.kmem", "memory.kmem.tcp"];
const V1_VALUES = ["limit_in_bytes", "usage_in_bytes", "max_usage_in_bytes", "failcnt"];
const V2_VALUES = ["current", "max", "peak"];

export const MEMORY_FILES = [
  "memory.stat",
  "memory.pressure",
  ...V1_KINDS.flatMap((kind) => V1_VALUES.map((value) => `${kind}.${value}`)),
  ...["memory", "memory.swap"].flatMap((kind) => V2_VALUES.map((value) => `${kind}.${value}`)),
];

/** Bytes, and how often the limit was met. */
interface Entry {
  readonly limit: Count;
  readonly usage: Count;
  readonly max: Count;
  readonly failcnt: Count;
}

export function memoryStats(read: Read): object {
  const stat = countsOf(read("memory.stat"));
  const isV2 = read("memory.current") !== null;
  const usage = isV2 ? entryV2(read, "memory") : entryV1(read, "memory");
  const stats = {
    cache: stat.get(isV2 ? "file" : "cache") ?? 0,
    usage: shown(usage),
    swap: shown(
      isV2 ? withSwap(usage, entryV2(read, "memory.swap")) : entryV1(read, "memory.memsw"),
    ),
    kernel: shown(entryV1(read, "memory.kmem")),
    kernelTCP: shown(entryV1(read, "memory.kmem.tcp")),
    raw: stat.size > 0 ? Object.fromEntries(stat) : undefined,
    psi: pressureOf(read("memory.pressure")),
  };
  return withoutEmpty(stats, "cache");
}

function entryV1(read: Read, kind: string): Entry {
  const value = (name: string) => countOf(read(`${kind}.${name}`));
  return {
    limit: value("limit_in_bytes"),
    usage: value("usage_in_bytes"),
    max: value("max_usage_in_bytes"),
    failcnt: value("failcnt"),
  };
}

function entryV2(read: Read, kind: string): Entry {
  const value = (name: string) => countOf(read(`${kind}.${name}`));
  return { limit: value("max"), usage: value("current"), max: value("peak"), failcnt: 0 };
}

/** v1 counts memory and swap together; their peaks can't be added. */
function withSwap(memory: Entry, swap: Entry): Entry {
  return {
    limit: swap.limit === NO_LIMIT ? NO_LIMIT : sum(swap.limit, memory.limit),
    usage: sum(swap.usage, memory.usage),
    max: 0,
    failcnt: 0,
  };
}

function shown(entry: Entry): Partial<Entry> | undefined {
  const part = unlessEmpty(entry);
  return part && withoutEmpty(part, "usage", "max");
}

export const PIDS_FILES = ["pids.current", "pids.max", "cgroup.procs"];

export function pidsStats(read: Read): object {
  const current = read("pids.current");
  // without the controller only those of the cgroup itself can be counted
  if (current === null) {
    return withoutEmpty({ current: linesOf(read("cgroup.procs")).length }, "current");
  }
  const limit = countOf(read("pids.max"));
  const stats = { current: countOf(current), limit: limit === NO_LIMIT ? 0 : limit };
  return withoutEmpty(stats, "current", "limit");
}

/** `hugepages-2048kB`, as in /sys/kernel/mm/hugepages, is called `2MB` in names of cgroup files. */
export function pageSizes(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const kilobytes = Number(/^hugepages-(\d+)kB$/.exec(name)?.[1] ?? 0);
    if (kilobytes >= 2 ** 20) return [`${kilobytes / 2 ** 20}GB`];
    if (kilobytes >= 2 ** 10) return [`${kilobytes / 2 ** 10}MB`];
    return kilobytes > 0 ? [`${kilobytes}KB`] : [];
  });
}

const HUGETLB_VALUES = ["usage_in_bytes", "max_usage_in_bytes", "failcnt", "current"];

export function hugetlbFiles(sizes: readonly string[]): string[] {
  return sizes.flatMap((size) => [
    `hugetlb.${size}.events`,
    ...["", ".rsvd"].flatMap((kind) =>
      HUGETLB_VALUES.map((value) => `hugetlb.${size}${kind}.${value}`),
    ),
  ]);
}

export function hugetlbStats(read: Read, sizes: readonly string[]): object {
  return Object.fromEntries(
    sizes.flatMap((size) => {
      const entry = hugetlbEntry(read, `hugetlb.${size}`);
      return entry === undefined ? [] : [[size, withoutEmpty(entry, "usage", "max")]];
    }),
  );
}

/** Reservations are what prevents SIGBUS, so they are what counts, where the kernel counts them. */
function hugetlbEntry(read: Read, name: string): Omit<Entry, "limit"> | undefined {
  for (const prefix of [`${name}.rsvd`, name]) {
    const v2 = read(`${prefix}.current`);
    if (v2 !== null) {
      const failcnt = countsOf(read(`${name}.events`)).get("max") ?? 0;
      return { usage: countOf(v2), max: 0, failcnt };
    }
    const v1 = read(`${prefix}.usage_in_bytes`);
    if (v1 === null) continue;
    const [max, failcnt] = ["max_usage_in_bytes", "failcnt"].map((value) =>
      countOf(read(`${prefix}.${value}`)),
    );
    return { usage: countOf(v1), max: max!, failcnt: failcnt! };
  }
  return undefined;
}
