// A CPU quota as systemd has it: whole hundredths of a CPU per second. Pure.

import type { Cpu, Resources } from "../../../config/types.ts";
import { isUnset } from "../writes.ts";

const SECOND_US = 1_000_000n;
const DEFAULT_PERIOD_US = 100_000n;
/** systemd keeps a quota as percents of a CPU. */
const STEP_US = 10_000n;

/** Microseconds of CPU time in a second, rounded up to what systemd can keep; undefined: no limit. */
export function quotaPerSecond({ quota, period }: Cpu): bigint | undefined {
  if (isUnset(quota) || quota < 0) return undefined;
  const periodUs = isUnset(period) ? DEFAULT_PERIOD_US : BigInt(period);
  const exact = (BigInt(quota) * SECOND_US) / periodUs;
  return ((exact + STEP_US - 1n) / STEP_US) * STEP_US;
}

/**
 * The resources with the quota that systemd makes of theirs: what is written into the file and what systemd writes there
 * whenever it likes must be the same.
 */
export function withRoundedQuota(resources: Resources): Resources {
  const { cpu } = resources;
  if (cpu === undefined) return resources;
  const perSecond = quotaPerSecond(cpu);
  if (perSecond === undefined) return resources;
  const periodUs = isUnset(cpu.period) ? DEFAULT_PERIOD_US : BigInt(cpu.period);
  return { ...resources, cpu: { ...cpu, quota: (perSecond * periodUs) / SECOND_US } };
}
