// The texts of a container's statistics files -> the `data` of a "stats" event, in the shape of runc's. Pure.

import type { CgroupTarget } from "../plan/cgroup/path.ts";
import { BLOCK_IO_FILES, blockIoStats } from "./block-io.ts";
import { CPU_FILES, CPUSET_FILES, cpuStats, cpusetStats } from "./cpu.ts";
import {
  hugetlbFiles,
  hugetlbStats,
  MEMORY_FILES,
  memoryStats,
  PIDS_FILES,
  pidsStats,
} from "./memory.ts";
import type { Read } from "./values.ts";

export interface StatsFile {
  readonly root: string;
  readonly path: string;
  readonly file: string;
}

/** All that may be of interest, in whatever version: what is not there costs one look. */
export function statsFiles(
  targets: readonly CgroupTarget[],
  pageSizes: readonly string[],
): StatsFile[] {
  const files = [
    ...CPU_FILES,
    ...CPUSET_FILES,
    ...MEMORY_FILES,
    ...PIDS_FILES,
    ...BLOCK_IO_FILES,
    ...hugetlbFiles(pageSizes),
  ];
  return files.flatMap((file) => {
    const target = targetOf(file, targets);
    return target === undefined ? [] : [{ root: target.root, path: target.path, file }];
  });
}

/** On a hybrid host the unified hierarchy has what v1 has not: pressures, and some controllers. */
function targetOf(file: string, targets: readonly CgroupTarget[]): CgroupTarget | undefined {
  const v2 = targets.find(({ version }) => version === 2);
  if (file.endsWith(".pressure")) return v2;
  const [controller = ""] = file.split(".");
  return targets.find(({ controllers }) => controllers.includes(controller)) ?? v2;
}

/** `intelRdt`: that part, from elsewhere. */
export function statsOf(read: Read, pageSizes: readonly string[], intelRdt: object): object {
  return {
    cpu: cpuStats(read),
    cpuset: cpusetStats(read),
    memory: memoryStats(read),
    pids: pidsStats(read),
    blkio: blockIoStats(read),
    hugetlb: hugetlbStats(read, pageSizes),
    intel_rdt: intelRdt,
    // runc's own networks, which no config can ask for
    network_interfaces: null,
  };
}
