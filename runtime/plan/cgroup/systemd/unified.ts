// `linux.resources.unified` -> properties of a unit, for the files that systemd has a property for. Pure.
// Spec: config-linux.md#unified

import { childPointer } from "../../../config/pointer.ts";
import type { UnitProperty } from "../../ops.ts";
import { planError } from "../../problem.ts";
import { amountOf, cpuset, number, quota, tasks } from "./values.ts";

type Files = { readonly [file: string]: string };

/** Files with one amount, or `max`. */
const AMOUNTS: ReadonlyMap<string, string> = new Map([
  ["cpu.weight", "CPUWeight"],
  ["memory.high", "MemoryHigh"],
  ["memory.low", "MemoryLow"],
  ["memory.max", "MemoryMax"],
  ["memory.min", "MemoryMin"],
  ["memory.swap.max", "MemorySwapMax"],
  ["memory.zswap.max", "MemoryZSwapMax"],
  ["pids.max", "TasksMax"],
]);

const SETS: ReadonlyMap<string, string> = new Map([
  ["cpuset.cpus", "AllowedCPUs"],
  ["cpuset.mems", "AllowedMemoryNodes"],
]);

/** `takesIdle`: this systemd knows a weight of 0. */
export function unifiedProperties(files: Files, takesIdle: boolean): UnitProperty[] {
  const isIdle = takesIdle && files["cpu.idle"]?.trim() === "1";
  return Object.entries(files).flatMap(([file, given]) => {
    const value = given.trim();
    const at = childPointer("/linux/resources/unified", file);
    if (file === "cpu.idle") return isIdle ? [number("CPUWeight", 0)] : [];
    if (file === "cpu.weight" && isIdle) return [];
    if (file === "cpu.max") return quota(cpuMax(value, at));
    const set = SETS.get(file);
    if (set !== undefined) return cpuset(set, value);
    const name = AMOUNTS.get(file);
    if (name === undefined) return [];
    const amount = amount64(value, at);
    return [number(name, file === "pids.max" ? tasks(amount) : amount)];
  });
}

/** `QUOTA [PERIOD]`, the quota an amount or `max`. */
function cpuMax(value: string, at: string): { quota: bigint; period: bigint } {
  const match = /^(max|\d+)(?:\s+(\d+))?$/.exec(value);
  if (match === null) throw wrong(at, value, "a quota and perhaps a period");
  const [, quota = "max", period = "100000"] = match;
  return { quota: quota === "max" ? -1n : BigInt(quota), period: BigInt(period) };
}

function amount64(value: string, at: string): bigint {
  if (!/^(max|\d+)$/.test(value)) throw wrong(at, value, "an amount or max");
  return BigInt(amountOf(value));
}

function wrong(at: string, value: string, wanted: string): Error {
  return planError(at, `${JSON.stringify(value)} is not ${wanted}, which systemd's property takes`);
}
