// CPU time, throttling and the CPU set, as `events` prints them. Pure.

import {
  type Count,
  countOf,
  countsOf,
  linesOf,
  listOf,
  pressureOf,
  type Read,
  times,
  unlessEmpty,
  withoutEmpty,
} from "./values.ts";

export const CPU_FILES = [
  "cpu.stat",
  "cpuacct.stat",
  "cpuacct.usage",
  "cpuacct.usage_percpu",
  "cpuacct.usage_all",
  "cpu.pressure",
];

/** A tick of cpuacct.stat (USER_HZ): the kernel shows 100 a second, whatever its own rate. */
const NANOSECONDS_A_TICK = 10_000_000;

/** All times in nanoseconds. */
interface Usage {
  readonly total: Count;
  readonly percpu: Count[];
  readonly percpu_kernel: Count[];
  readonly percpu_user: Count[];
  readonly kernel: Count;
  readonly user: Count;
}

export function cpuStats(read: Read): object {
  const stat = countsOf(read("cpu.stat"));
  const isV2 = stat.has("usage_usec");
  const usage = unlessEmpty(isV2 ? usageV2(stat) : usageV1(read));
  const throttling = unlessEmpty({
    periods: stat.get("nr_periods") ?? 0,
    throttledPeriods: stat.get("nr_throttled") ?? 0,
    throttledTime: stat.get("throttled_time") ?? times(stat.get("throttled_usec") ?? 0, 1000),
  });
  return {
    usage: usage && withoutEmpty(usage, "total", "percpu", "percpu_kernel", "percpu_user"),
    throttling:
      throttling && withoutEmpty(throttling, "periods", "throttledPeriods", "throttledTime"),
    psi: pressureOf(read("cpu.pressure")),
  };
}

function usageV2(stat: ReadonlyMap<string, Count>): Usage {
  const nanoseconds = (key: string) => times(stat.get(key) ?? 0, 1000);
  return {
    total: nanoseconds("usage_usec"),
    percpu: [],
    percpu_kernel: [],
    percpu_user: [],
    kernel: nanoseconds("system_usec"),
    user: nanoseconds("user_usec"),
  };
}

function usageV1(read: Read): Usage {
  const ticks = countsOf(read("cpuacct.stat"));
  const each = (read("cpuacct.usage_percpu") ?? "").split(/\s+/).filter((word) => word !== "");
  // after a line of titles: cpu user system
  const modes = linesOf(read("cpuacct.usage_all")).slice(1);
  const column = (index: number) => modes.map((line) => countOf(line.split(" ")[index] ?? null));
  return {
    total: countOf(read("cpuacct.usage")),
    percpu: each.map(countOf),
    percpu_kernel: column(2),
    percpu_user: column(1),
    kernel: times(ticks.get("system") ?? 0, NANOSECONDS_A_TICK),
    user: times(ticks.get("user") ?? 0, NANOSECONDS_A_TICK),
  };
}

/** The flags by their names in the output; each is a file `cpuset.NAME` of v1. */
const FLAGS = [
  "cpu_exclusive",
  "mem_hardwall",
  "mem_exclusive",
  "memory_migrate",
  "memory_spread_page",
  "memory_spread_slab",
  "memory_pressure",
  "sched_load_balance",
] as const;
const LEVEL = "sched_relax_domain_level";
const LISTS = ["cpuset.cpus", "cpuset.mems"];

export const CPUSET_FILES = [
  ...LISTS,
  ...LISTS.map((name) => `${name}.effective`),
  ...[...FLAGS, LEVEL].map((name) => `cpuset.${name}`),
];

export function cpusetStats(read: Read): object {
  // v2: an empty list is that of the parent
  const list = (name: string) =>
    listOf(read(`cpuset.${name}`)?.trim() || read(`cpuset.${name}.effective`));
  const flag = (name: string) => countOf(read(`cpuset.${name}`));
  const stats = {
    cpus: list("cpus"),
    cpu_exclusive: flag("cpu_exclusive"),
    mems: list("mems"),
    ...Object.fromEntries(FLAGS.slice(1).map((name) => [name, flag(name)])),
    [LEVEL]: Number(read(`cpuset.${LEVEL}`) ?? 0),
  };
  return withoutEmpty(stats, "cpus", "mems");
}
