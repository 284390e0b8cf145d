// Resources, which are written for v1 -> files of the unified hierarchy, one function a controller. Pure.
// Spec: config-linux.md#control-groups; Documentation/admin-guide/cgroup-v2.rst

import { childPointer } from "../../config/pointer.ts";
import type { Resources } from "../../config/types.ts";
import { planError } from "../problem.ts";
import { hugetlb } from "./v1.ts";
import { deviceLine, type Integer, isUnset, mayFail, type Write, write } from "./writes.ts";

const AT = "/linux/resources";
const DEFAULT_PERIOD = 100_000;

export function memoryV2({ memory = {} }: Resources): Write[] {
  const { limit, reservation } = memory;
  const writes: Write[] = [];
  const swap = swapOf(limit, memory.swap);
  if (swap !== undefined) {
    const one = write("/memory/swap", "memory.swap.max", swap);
    // no swap accounting: nothing to be had and nothing to be denied
    writes.push(swap === "max" || swap === "0" ? mayFail(one, "ENOENT") : one);
  }
  if (!isUnset(limit)) writes.push(write("/memory/limit", "memory.max", orMax(limit)));
  if (!isUnset(reservation))
    writes.push(write("/memory/reservation", "memory.low", orMax(reservation)));
  return writes;
}

/** v1 counts memory and swap together, v2 swap alone. */
export function swapOf(limit: Integer | undefined, swap: Integer | undefined): string | undefined {
  const isUnlimited = Number(limit) === -1;
  if (isUnset(swap)) return isUnlimited ? "max" : undefined;
  if (Number(swap) === -1 || isUnlimited) return orMax(swap);
  if (isUnset(limit))
    throw planError(`${AT}/memory/swap`, "unable to set swap limit without memory limit");
  if (swap < limit)
    throw planError(`${AT}/memory/swap`, "memory+swap limit should be >= memory limit");
  return String(BigInt(swap) - BigInt(limit));
}

function orMax(value: Integer): string {
  return Number(value) === -1 ? "max" : String(value);
}

export function cpuV2({ cpu = {} }: Resources): Write[] {
  const { shares, quota, burst, period, idle } = cpu;
  const writes: Write[] = [];
  if (idle !== undefined) writes.push(write("/cpu/idle", "cpu.idle", idle));
  if (!isUnset(shares)) {
    // the kernel refuses a weight for a cgroup that is idle
    if (idle !== 1) writes.push(write("/cpu/shares", "cpu.weight", weightOf(Number(shares))));
  }
  const bursts = burst === undefined ? [] : [write("/cpu/burst", "cpu.max.burst", burst)];
  if (!isUnset(quota) || !isUnset(period)) {
    // no larger than the quota: before it, lest the quota be refused for the old one, and after it
    writes.push(...bursts.map((one) => mayFail(one, "EINVAL")));
    const amount = !isUnset(quota) && quota > 0 ? String(quota) : "max";
    const at = isUnset(quota) ? "/cpu/period" : "/cpu/quota";
    writes.push(write(at, "cpu.max", `${amount} ${isUnset(period) ? DEFAULT_PERIOD : period}`));
  }
  writes.push(...bursts);
  return writes;
}

/** runc's curve through the ends and the default: 2 to 1, 1024 to 100, 262144 to 10000. */
export function weightOf(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262_144) return 10_000;
  const log = Math.log2(shares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

export function blockIoV2({ blockIO = {} }: Resources): Write[] {
  const { weight, weightDevice = [] } = blockIO;
  const writes: Write[] = [];
  if (!isUnset(weight)) {
    const fallback = { file: "io.weight", text: String(ioWeight(weight)) };
    writes.push({ at: "/blockIO/weight", file: "io.bfq.weight", text: String(weight), fallback });
  }
  weightDevice.forEach((device, index) => {
    if (isUnset(device.weight)) return;
    const fallback = { file: "io.weight", text: deviceLine(device, ioWeight(device.weight)) };
    const text = deviceLine(device, device.weight);
    writes.push({ at: `/blockIO/weightDevice/${index}`, file: "io.bfq.weight", text, fallback });
  });
  for (const [key, name] of THROTTLES) {
    blockIO[key]?.forEach((device, index) => {
      writes.push(
        write(`/blockIO/${key}/${index}`, "io.max", deviceLine(device, `${name}=${device.rate}`)),
      );
    });
  }
  return writes;
}

const THROTTLES = [
  ["throttleReadBpsDevice", "rbps"],
  ["throttleWriteBpsDevice", "wbps"],
  ["throttleReadIOPSDevice", "riops"],
  ["throttleWriteIOPSDevice", "wiops"],
] as const;

/** 10 to 1000 becomes 1 to 10000. */
function ioWeight(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990);
}

export const hugetlbV2 = (resources: Resources): Write[] => hugetlb(resources, "max");

/** The same file and text in both versions. */
export function rdma({ rdma: section = {} }: Resources): Write[] {
  return Object.entries(section).map(([device, { hcaHandles, hcaObjects }]) => {
    let text = device;
    if (hcaHandles !== undefined) text += ` hca_handle=${hcaHandles}`;
    if (hcaObjects !== undefined) text += ` hca_object=${hcaObjects}`;
    return write(childPointer("/rdma", device), "rdma.max", text);
  });
}

/** One write a line: files as io.max take a single setting at a time. */
export function unifiedFile(name: string, value: string): Write[] {
  const at = childPointer("/unified", name);
  const lines = value.split("\n").filter((line) => line !== "");
  return (lines.length === 0 ? [""] : lines).map((line) => write(at, name, line));
}
