// The options of `trunc update`: names are runc's. Data only.

import type { OptionSpec } from "./args.ts";

const text = (name: string, value: string, help: string): OptionSpec => ({
  name,
  kind: "text",
  value,
  help,
});

const count = (name: string, value: string, help: string): OptionSpec => ({
  name,
  kind: "count",
  value,
  help,
});

const OBSOLETE = "(obsolete: ignored)";

export const OPTIONS: readonly OptionSpec[] = [
  {
    ...text(
      "resources",
      "FILE",
      "read the limits, as JSON, from FILE or - (all others are ignored)",
    ),
    short: "r",
  },
  count("blkio-weight", "N", "relative weight for block devices, 10 to 1000"),
  text("cpu-period", "MICROSECONDS", "period of the CPU quota"),
  text("cpu-quota", "MICROSECONDS", "CPU time in a period, -1 for no limit"),
  text("cpu-burst", "MICROSECONDS", "CPU time saved up beyond the quota"),
  text("cpu-share", "N", "relative weight for CPU time"),
  text("cpu-rt-period", "MICROSECONDS", "period of the realtime runtime"),
  text("cpu-rt-runtime", "MICROSECONDS", "realtime CPU time in a period"),
  text("cpuset-cpus", "LIST", "CPUs to use, as 0-2,7"),
  text("cpuset-mems", "LIST", "memory nodes to use"),
  { ...text("kernel-memory", "BYTES", OBSOLETE), isHidden: true },
  { ...text("kernel-memory-tcp", "BYTES", OBSOLETE), isHidden: true },
  text("memory", "BYTES", "memory limit, as 64M; -1 for none"),
  text("cpu-idle", "0|1", "run only when nothing else wants the CPU"),
  text("memory-reservation", "BYTES", "memory that is kept when the machine lacks it"),
  text("memory-swap", "BYTES", "limit of memory and swap together; -1 for none"),
  count("pids-limit", "N", "most processes, -1 for no limit"),
  text("l3-cache-schema", "TEXT", "Intel RDT/CAT schema of the L3 cache"),
  text("mem-bw-schema", "TEXT", "Intel RDT/MBA schema of the memory bandwidth"),
];
