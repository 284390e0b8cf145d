// Values of unit properties, as both forms of limits have them. Pure.
// Source: org.freedesktop.systemd1(5)

import type { Cpu } from "../../../config/types.ts";
import { bitMask } from "../../bit-mask.ts";
import type { UnitProperty } from "../../ops.ts";
import { type Integer, isUnset } from "../writes.ts";
import { quotaPerSecond } from "./cpu-quota.ts";

/** "infinity", and for weights "not set". */
export const INFINITY = 2n ** 64n - 1n;

export const number = (name: string, value: Integer): UnitProperty => ({
  type: "number",
  name,
  value: BigInt(value),
});
export const flag = (name: string, value: boolean): UnitProperty => ({ type: "flag", name, value });
export const text = (name: string, value: string): UnitProperty => ({ type: "text", name, value });

/** A quota, a period, or both. */
export function quota(cpu: Cpu): UnitProperty[] {
  const { quota, period } = cpu;
  if (isUnset(quota) && isUnset(period)) return [];
  return [
    ...(isUnset(period) ? [] : [number("CPUQuotaPeriodUSec", period)]),
    number("CPUQuotaPerSecUSec", quotaPerSecond(cpu) ?? INFINITY),
  ];
}

/** systemd takes no 0, and there is a process anyway. */
export function tasks(limit: Integer): Integer {
  return Number(limit) === 0 ? 1 : orInfinity(limit);
}

/** A value that is no list of numbers is left to the file, whose error the kernel words. */
export function cpuset(name: string, list = ""): UnitProperty[] {
  const value = bitMask(list);
  return value.length === 0 ? [] : [{ type: "bytes", name, value }];
}

export function orInfinity(value: Integer): Integer {
  return value < 0 ? INFINITY : value;
}

/** What a v2 file would be given. */
export function amountOf(value: string): Integer {
  return value === "max" ? INFINITY : BigInt(value);
}
