// A resctrl group and what the machine offers -> the part "intel_rdt" of a "stats" event. Pure.
// Source: Documentation/filesystems/resctrl.rst

import { countOf, linesOf, unlessEmpty } from "./values.ts";

/** The text of a file beneath the resctrl mount; null where there is none. */
export type ReadRdt = (path: string, file: string) => string | null;

export interface RdtGroup {
  /** Beneath the mount, with a leading slash. */
  readonly path: string;
  /** Directories of mon_data in the group that is monitored, one a cache. */
  readonly monitored: readonly string[];
}

export function rdtStats(read: ReadRdt, { path, monitored }: RdtGroup): object {
  const schemata = linesOf(read(path, "schemata")).map((line) => line.trim());
  const root = linesOf(read("/", "schemata")).map((line) => line.trim());
  const schema = (lines: readonly string[], name: string) =>
    lines.find((line) => line.includes(name));
  const hasCache = read("/info/L3", "cbm_mask") !== null;
  const hasBandwidth = read("/info/MB", "min_bandwidth") !== null;
  return {
    ...(hasCache && {
      l3_cache_info: cacheInfo(read),
      l3_cache_schema_root: schema(root, "L3"),
      l3_cache_schema: schema(schemata, "L3"),
    }),
    ...(hasBandwidth && {
      mem_bw_info: bandwidthInfo(read),
      mem_bw_schema_root: schema(root, "MB"),
      mem_bw_schema: schema(schemata, "MB"),
    }),
    ...(schemata.length > 0 && { schemata }),
    ...monitoring(read, monitored),
  };
}

function cacheInfo(read: ReadRdt): object {
  const file = (name: string) => read("/info/L3", name);
  return {
    cbm_mask: file("cbm_mask")?.trim(),
    min_cbm_bits: countOf(file("min_cbm_bits")),
    num_closids: countOf(file("num_closids")),
  };
}

function bandwidthInfo(read: ReadRdt): object {
  const count = (name: string) => countOf(read("/info/MB", name));
  return {
    bandwidth_gran: count("bandwidth_gran"),
    delay_linear: count("delay_linear"),
    min_bandwidth: count("min_bandwidth"),
    num_closids: count("num_closids"),
  };
}

function monitoring(read: ReadRdt, monitored: readonly string[]): object {
  const features = new Set(linesOf(read("/info/L3_MON", "mon_features")));
  const each = (names: readonly string[]) =>
    names.some((name) => features.has(name))
      ? monitored.map((path) =>
          Object.fromEntries(names.map((name) => [name, countOf(read(path, name))])),
        )
      : [];
  const stats = {
    mbm_stats: each(["mbm_total_bytes", "mbm_local_bytes"]),
    cmt_stats: each(["llc_occupancy"]),
  };
  return unlessEmpty(stats) ?? {};
}
