// Resources -> files of v1 hierarchies, one function a controller. Pure.
// Spec: config-linux.md#control-groups; Documentation/admin-guide/cgroup-v1

import type { Resources } from "../../config/types.ts";
import { planError } from "../problem.ts";
import { deviceLine, type Integer, isUnset, mayFail, type Write, write } from "./writes.ts";

/** What the kernel clamps `cpu.shares` to, silently. */
const SHARES = { min: 2, max: 262_144 };
/** (uint64_t)-1: "not set". */
const UNSET_SWAPPINESS = 2n ** 64n - 1n;

export function memoryV1({ memory = {} }: Resources): Write[] {
  const { reservation, swappiness, disableOOMKiller = false } = memory;
  const writes = memoryLimits(memory.limit, memory.swap);
  if (!isUnset(reservation))
    writes.push(write("/memory/reservation", "memory.soft_limit_in_bytes", reservation));
  if (disableOOMKiller) writes.push(write("/memory/disableOOMKiller", "memory.oom_control", 1));
  if (swappiness !== undefined && swappiness !== UNSET_SWAPPINESS) {
    writes.push(write("/memory/swappiness", "memory.swappiness", swappiness));
  }
  return writes;
}

/** memsw must never be below the limit: which of the two goes first depends on what the cgroup has now. */
function memoryLimits(limit: Integer | undefined, swap: Integer | undefined): Write[] {
  const writes: Write[] = [];
  const both = !isUnset(limit) && !isUnset(swap);
  if (!isUnset(swap) && both) {
    // right for a cgroup that has a lower limit; refused by a new one, which has none
    const first = write("/memory/swap", "memory.memsw.limit_in_bytes", swap);
    writes.push(Number(swap) === -1 ? first : mayFail(first, "EINVAL", "ENOENT"));
  }
  if (!isUnset(limit)) writes.push(write("/memory/limit", "memory.limit_in_bytes", limit));
  if (!isUnset(swap) && !(both && Number(swap) === -1)) {
    writes.push(write("/memory/swap", "memory.memsw.limit_in_bytes", swap));
  }
  if (Number(limit) === -1 && isUnset(swap)) {
    // "no limit" means that of memory and swap together too, where the kernel counts it
    writes.unshift(mayFail(write("/memory/limit", "memory.memsw.limit_in_bytes", -1), "ENOENT"));
  }
  return writes;
}

export function cpuV1({ cpu = {} }: Resources): Write[] {
  const { shares, quota, burst, period, realtimeRuntime, realtimePeriod, idle } = cpu;
  const writes: Write[] = [
    ...pair(
      isUnset(realtimePeriod)
        ? undefined
        : write("/cpu/realtimePeriod", "cpu.rt_period_us", realtimePeriod),
      isUnset(realtimeRuntime)
        ? undefined
        : write("/cpu/realtimeRuntime", "cpu.rt_runtime_us", realtimeRuntime),
    ),
  ];
  if (!isUnset(shares)) {
    checkShares(shares);
    writes.push(write("/cpu/shares", "cpu.shares", shares));
  }
  const bursts =
    burst === undefined ? [] : [mayFail(write("/cpu/burst", "cpu.cfs_burst_us", burst), "ENOENT")];
  // no larger than the quota: before it, lest the quota be refused for the old one, and after it
  writes.push(...(isUnset(quota) ? bursts : bursts.map((one) => mayFail(one, "ENOENT", "EINVAL"))));
  writes.push(
    ...pair(
      isUnset(period) ? undefined : write("/cpu/period", "cpu.cfs_period_us", period),
      isUnset(quota) ? undefined : write("/cpu/quota", "cpu.cfs_quota_us", quota),
    ),
  );
  if (!isUnset(quota)) writes.push(...bursts);
  if (idle !== undefined) writes.push(write("/cpu/idle", "cpu.idle", idle));
  return writes;
}

/** Either may be refused while the other has its old value: the period once before, once after the amount. */
function pair(period: Write | undefined, amount: Write | undefined): Write[] {
  if (period === undefined) return amount === undefined ? [] : [amount];
  if (amount === undefined) return [period];
  return [mayFail(period, "EINVAL"), amount, period];
}

function checkShares(shares: Integer): void {
  if (shares < SHARES.min)
    throw planError(
      `/linux/resources/cpu/shares`,
      `the minimum allowed cpu-shares is ${SHARES.min}`,
    );
  if (shares > SHARES.max)
    throw planError(
      `/linux/resources/cpu/shares`,
      `the maximum allowed cpu-shares is ${SHARES.max}`,
    );
}

export function cpusetV1({ cpu = {} }: Resources): Write[] {
  const { cpus = "", mems = "" } = cpu;
  const writes: Write[] = [];
  if (cpus !== "") writes.push(write("/cpu/cpus", "cpuset.cpus", cpus));
  if (mems !== "") writes.push(write("/cpu/mems", "cpuset.mems", mems));
  return writes;
}

/** A limit of 0 means 1, as in runc: the first process is there anyway. `-1` is refused by the kernel. */
export function pids({ pids: section = {} }: Resources): Write[] {
  const { limit } = section;
  if (limit === undefined) return [];
  const text = limit < 0 ? "max" : Number(limit) === 0 ? "1" : String(limit);
  return [{ at: "/pids/limit", file: "pids.max", text, isLate: true }];
}

export function blockIoV1({ blockIO = {} }: Resources): Write[] {
  const { weight, leafWeight, weightDevice = [] } = blockIO;
  const writes: Write[] = [];
  // the names of CFQ's time, or those of BFQ
  const weigh = (at: string, name: string, text: string): Write => ({
    at,
    file: `blkio.${name}`,
    text,
    fallback: { file: `blkio.bfq.${name}`, text },
  });
  if (!isUnset(weight)) writes.push(weigh("/blockIO/weight", "weight", String(weight)));
  if (!isUnset(leafWeight))
    writes.push(write("/blockIO/leafWeight", "blkio.leaf_weight", leafWeight));
  weightDevice.forEach((device, index) => {
    const at = `/blockIO/weightDevice/${index}`;
    if (!isUnset(device.weight))
      writes.push(weigh(at, "weight_device", deviceLine(device, device.weight)));
    if (!isUnset(device.leafWeight)) {
      writes.push(write(at, "blkio.leaf_weight_device", deviceLine(device, device.leafWeight)));
    }
  });
  for (const [key, name] of THROTTLES) {
    blockIO[key]?.forEach((device, index) => {
      writes.push(
        write(
          `/blockIO/${key}/${index}`,
          `blkio.throttle.${name}_device`,
          deviceLine(device, device.rate),
        ),
      );
    });
  }
  return writes;
}

const THROTTLES = [
  ["throttleReadBpsDevice", "read_bps"],
  ["throttleWriteBpsDevice", "write_bps"],
  ["throttleReadIOPSDevice", "read_iops"],
  ["throttleWriteIOPSDevice", "write_iops"],
] as const;

export const hugetlbV1 = (resources: Resources): Write[] => hugetlb(resources, "limit_in_bytes");

/** The reservation limit came with Linux 5.7, and is the one that prevents SIGBUS. */
export function hugetlb({ hugepageLimits = [] }: Resources, suffix: string): Write[] {
  return hugepageLimits.flatMap(({ pageSize, limit }, index) => {
    const at = `/hugepageLimits/${index}`;
    return [
      write(at, `hugetlb.${pageSize}.${suffix}`, limit),
      mayFail(write(at, `hugetlb.${pageSize}.rsvd.${suffix}`, limit), "ENOENT"),
    ];
  });
}

export function networkClassV1({ network = {} }: Resources): Write[] {
  const { classID } = network;
  return isUnset(classID) ? [] : [write("/network/classID", "net_cls.classid", classID)];
}

export function networkPrioritiesV1({ network = {} }: Resources): Write[] {
  return (network.priorities ?? []).map(({ name, priority }, index) =>
    write(`/network/priorities/${index}`, "net_prio.ifpriomap", `${name} ${priority}`),
  );
}
