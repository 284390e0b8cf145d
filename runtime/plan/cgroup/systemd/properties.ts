// `linux.resources` -> properties of a unit, so that systemd knows the limits and keeps them. Pure.
// What it has no property for is only written into the cgroup's files, as everything else is once more.
// Source: systemd.resource-control(5), org.freedesktop.systemd1(5); which ones: as runc

import type { Cpu, Resources } from "../../../config/types.ts";
import type { UnitProperty } from "../../ops.ts";
import { swapOf, weightOf } from "../v2.ts";
import { isUnset } from "../writes.ts";
import { unifiedProperties } from "./unified.ts";
import { amountOf, cpuset, number, orInfinity, quota, tasks } from "./values.ts";

/** The version of systemd that brought a property, where that is later than 240. */
const SINCE: ReadonlyMap<string, number> = new Map([
  ["CPUQuotaPeriodUSec", 242],
  ["AllowedCPUs", 244],
  ["AllowedMemoryNodes", 244],
]);

/** A weight of 0 means "idle" from then on. */
const IDLE_SINCE = 252;

/** Properties of resources; `version` is that of systemd, `isV2` whether the controllers are in the unified hierarchy. */
export function resourceProperties(
  resources: Resources,
  isV2: boolean,
  version: number,
): UnitProperty[] {
  const { cpu = {}, pids } = resources;
  const properties = [
    ...(isV2 ? memoryV2(resources) : memoryV1(resources)),
    ...(isV2 ? weightV2(cpu, version) : sharesV1(cpu)),
    ...quota(cpu),
    ...(isV2 ? [] : blockIoV1(resources)),
    ...(pids?.limit === undefined ? [] : [number("TasksMax", tasks(pids.limit))]),
    ...cpuset("AllowedCPUs", cpu.cpus),
    ...cpuset("AllowedMemoryNodes", cpu.mems),
    ...(isV2 ? unifiedProperties(resources.unified ?? {}, version >= IDLE_SINCE) : []),
  ];
  return properties.filter(({ name }) => version >= (SINCE.get(name) ?? 0));
}

function memoryV2({ memory = {} }: Resources): UnitProperty[] {
  const { limit, reservation } = memory;
  const swap = swapOf(limit, memory.swap);
  return [
    ...(isUnset(limit) ? [] : [number("MemoryMax", orInfinity(limit))]),
    ...(isUnset(reservation) ? [] : [number("MemoryLow", orInfinity(reservation))]),
    ...(swap === undefined ? [] : [number("MemorySwapMax", amountOf(swap))]),
  ];
}

function memoryV1({ memory = {} }: Resources): UnitProperty[] {
  return isUnset(memory.limit) ? [] : [number("MemoryLimit", orInfinity(memory.limit))];
}

function weightV2({ shares, idle }: Cpu, version: number): UnitProperty[] {
  if (Number(idle) === 1 && version >= IDLE_SINCE) return [number("CPUWeight", 0)];
  return isUnset(shares) ? [] : [number("CPUWeight", weightOf(Number(shares)))];
}

function sharesV1({ shares }: Cpu): UnitProperty[] {
  return isUnset(shares) ? [] : [number("CPUShares", shares)];
}

function blockIoV1({ blockIO = {} }: Resources): UnitProperty[] {
  return isUnset(blockIO.weight) ? [] : [number("BlockIOWeight", blockIO.weight)];
}
