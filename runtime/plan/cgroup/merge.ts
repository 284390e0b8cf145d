// Resources that a container has + those that `update` gives -> those that it has then, and what is to be written. Pure.
// "Not given" is an absent value, and for most numbers 0 too: engines send whole structures.

import type { BlockIo, Cpu, Memory, NetworkResources, Resources } from "../../config/types.ts";
import { isUnset } from "./writes.ts";

export interface Merged {
  /** To be kept. */
  readonly resources: Resources;
  /** What was given, with what the kernel takes only together with it. */
  readonly change: Resources;
}

export function mergeResources(old: Resources, given: Resources): Merged {
  const memory = mergeMemory(old.memory, given.memory);
  const cpu = mergeCpu(old.cpu, given.cpu);
  const blockIO = withoutUnset(given.blockIO, ["weight", "leafWeight"]);
  const network = withoutUnset(given.network, ["classID"]);
  const change: Resources = {
    ...given,
    ...(given.memory && { memory: memory.change }),
    ...(given.cpu && { cpu: cpu.change }),
    ...(given.blockIO && { blockIO }),
    ...(given.network && { network }),
  };
  const resources: Resources = {
    ...old,
    ...given,
    ...(given.memory && { memory: memory.merged }),
    ...(given.cpu && { cpu: cpu.merged }),
    ...(given.pids && { pids: { ...old.pids, ...given.pids } }),
    ...(given.blockIO && { blockIO: mergeBlockIo(old.blockIO, blockIO) }),
    ...(given.hugepageLimits && {
      hugepageLimits: upsert(old.hugepageLimits, given.hugepageLimits, "pageSize"),
    }),
    ...(given.network && { network: mergeNetwork(old.network, network) }),
    ...(given.rdma && { rdma: { ...old.rdma, ...given.rdma } }),
    ...(given.unified && { unified: { ...old.unified, ...given.unified } }),
  };
  return { resources, change };
}

/** v2 counts swap alone, so that each of the two limits depends on both numbers; v1 refuses some orders of writes. */
function mergeMemory(old: Memory = {}, given: Memory = {}): { merged: Memory; change: Memory } {
  const news = withoutUnset(given, ["limit", "reservation", "swap"]);
  const merged = { ...old, ...news };
  // "no limit" without a word on swap is that of both together
  if (Number(news.limit) === -1 && news.swap === undefined) delete merged.swap;
  if (news.limit === undefined && news.swap === undefined) return { merged, change: news };
  return { merged, change: { ...news, ...pick(merged, ["limit", "swap"]) } };
}

/** v2 has quota and period in one file. */
function mergeCpu(old: Cpu = {}, given: Cpu = {}): { merged: Cpu; change: Cpu } {
  const news = withoutUnset(given, [
    "shares",
    "quota",
    "period",
    "realtimeRuntime",
    "realtimePeriod",
  ]);
  for (const key of ["cpus", "mems"] as const) if (news[key] === "") delete news[key];
  const merged = { ...old, ...news };
  let change: Cpu = news;
  if (news.quota !== undefined || news.period !== undefined) {
    change = { ...change, ...pick(merged, ["quota", "period"]) };
  }
  return { merged, change };
}

const DEVICE_LISTS = [
  "throttleReadBpsDevice",
  "throttleWriteBpsDevice",
  "throttleReadIOPSDevice",
  "throttleWriteIOPSDevice",
] as const;

function mergeBlockIo(old: BlockIo = {}, given: BlockIo): BlockIo {
  const merged: { -readonly [Key in keyof BlockIo]: BlockIo[Key] } = { ...old, ...given };
  for (const key of DEVICE_LISTS) {
    const list = given[key];
    if (list !== undefined) merged[key] = upsert(old[key], list, "major", "minor");
  }
  if (given.weightDevice !== undefined) {
    merged.weightDevice = upsert(old.weightDevice, given.weightDevice, "major", "minor");
  }
  return merged;
}

function mergeNetwork(old: NetworkResources = {}, given: NetworkResources): NetworkResources {
  const { priorities } = given;
  const merged = { ...old, ...given };
  return priorities === undefined
    ? merged
    : { ...merged, priorities: upsert(old.priorities, priorities, "name") };
}

/** New entries take over those with the same keys; they come in the order in which they were given first. */
function upsert<Entry extends object>(
  old: readonly Entry[] = [],
  given: readonly Entry[],
  ...keys: readonly (keyof Entry)[]
): Entry[] {
  const merged = new Map<string, Entry>();
  for (const entry of [...old, ...given]) {
    const key = JSON.stringify(keys.map((name) => String(entry[name])));
    merged.set(key, { ...merged.get(key), ...entry });
  }
  return [...merged.values()];
}

type Mutable<Section> = { -readonly [Key in keyof Section]: Section[Key] };

/** A copy without the named numbers where they are 0. */
function withoutUnset<Section extends object>(
  section: Section | undefined,
  names: readonly (keyof Section)[],
): Mutable<Section> {
  const copy = { ...section } as Mutable<Section>;
  for (const name of names) {
    if (isUnset(copy[name] as number | bigint | undefined)) delete copy[name];
  }
  return copy;
}

function pick<Section extends object, Key extends keyof Section>(
  section: Section,
  names: readonly Key[],
): Partial<Pick<Section, Key>> {
  const picked: Partial<Pick<Section, Key>> = {};
  for (const name of names) if (section[name] !== undefined) picked[name] = section[name];
  return picked;
}
