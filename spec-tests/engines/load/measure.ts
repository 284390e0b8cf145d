// What a phase of load costs: time, and what the box's cgroups say of CPU and memory.

import { readFileSync, writeFileSync } from "node:fs";

export interface Phase {
  readonly name: string;
  readonly count: number;
  readonly seconds: number;
  /** Of all in the box: engine, shims, runtime and containers. */
  readonly cpuSeconds: number;
  /** The most that was in use at once, in MB; null where the hierarchy can't be asked. */
  readonly peakMb: number | null;
}

export interface Measured {
  readonly engine: string;
  readonly runtime: string;
  readonly phases: readonly Phase[];
  /** What went wrong, and what was left behind. */
  readonly failed: readonly string[];
}

const CPU = "/sys/fs/cgroup/cpuacct/cpuacct.usage";
const PEAK = "/sys/fs/cgroup/memory/memory.max_usage_in_bytes";

export async function phase(
  name: string,
  count: number,
  body: () => Promise<void>,
): Promise<Phase> {
  reset();
  const cpu = cpuNs();
  const started = process.hrtime.bigint();
  await body();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const result = { name, count, seconds, cpuSeconds: (cpuNs() - cpu) / 1e9, peakMb: peakMb() };
  console.log(`  ${name}: ${seconds.toFixed(1)} s`);
  return result;
}

/** Nanoseconds. */
function cpuNs(): number {
  try {
    return Number(readFileSync(CPU, "utf8"));
  } catch {
    const stat = readFileSync("/sys/fs/cgroup/cpu.stat", "utf8");
    return Number(/usage_usec (\d+)/.exec(stat)?.[1] ?? 0) * 1000;
  }
}

function reset(): void {
  try {
    writeFileSync(PEAK, "0");
  } catch {
    // v2 can't
  }
}

function peakMb(): number | null {
  try {
    return Number(readFileSync(PEAK, "utf8")) / 2 ** 20;
  } catch {
    return null;
  }
}
