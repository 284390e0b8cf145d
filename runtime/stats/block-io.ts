// Block I/O, as `events` prints it. Pure.

import { type Count, countOf, linesOf, pressureOf, type Read, withoutEmpty } from "./values.ts";

/** One device, perhaps one kind of operation on it. */
interface Entry {
  readonly major: number;
  readonly minor: number;
  readonly op: string;
  readonly value: Count;
}

/** In the order of the output. */
const LISTS = [
  "ioServiceBytesRecursive",
  "ioServicedRecursive",
  "ioQueueRecursive",
  "ioServiceTimeRecursive",
  "ioWaitTimeRecursive",
  "ioMergedRecursive",
  "ioTimeRecursive",
  "sectorsRecursive",
] as const;
type List = (typeof LISTS)[number];

/** What v1's schedulers, CFQ once and BFQ, call these. */
const V1_NAMES: readonly (readonly [List, string])[] = [
  ["ioServiceBytesRecursive", "io_service_bytes_recursive"],
  ["ioServicedRecursive", "io_serviced_recursive"],
  ["ioQueueRecursive", "io_queued_recursive"],
  ["ioServiceTimeRecursive", "io_service_time_recursive"],
  ["ioWaitTimeRecursive", "io_wait_time_recursive"],
  ["ioMergedRecursive", "io_merged_recursive"],
  ["ioTimeRecursive", "time_recursive"],
  ["sectorsRecursive", "sectors_recursive"],
];

const named = (prefix: string) =>
  V1_NAMES.map(([list, name]) => [list, `blkio.${prefix}${name}`] as const);
const throttled = (suffix: string): readonly (readonly [List, string])[] => [
  ["ioServicedRecursive", `blkio.throttle.io_serviced${suffix}`],
  ["ioServiceBytesRecursive", `blkio.throttle.io_service_bytes${suffix}`],
];

/** The first set that has anything counts: all of them at once would count twice. */
const V1_SETS = [named("bfq."), named(""), throttled("_recursive"), throttled("")];

export const BLOCK_IO_FILES = [
  ...V1_SETS.flatMap((set) => set.map(([, file]) => file)),
  "io.stat",
  "io.pressure",
];

export function blockIoStats(read: Read): object {
  const lists = read("io.stat") === null ? listsV1(read) : listsV2(read);
  return {
    ...Object.fromEntries(
      LISTS.flatMap((list) => {
        const entries = lists.get(list) ?? [];
        return entries.length === 0 ? [] : [[list, entries.map(shown)]];
      }),
    ),
    psi: pressureOf(read("io.pressure")),
  };
}

function shown(entry: Entry): Partial<Entry> {
  return withoutEmpty(entry, "major", "minor", "op", "value");
}

function listsV1(read: Read): Map<List, Entry[]> {
  const sets = V1_SETS.map(
    (set) => new Map(set.map(([list, file]) => [list, entriesV1(read(file))])),
  );
  return sets.find((set) => [...set.values()].some((entries) => entries.length > 0)) ?? new Map();
}

/** Lines `8:0 Read 4096`, `8:0 4096`, and `Total 4096`, which is left out. */
function entriesV1(text: string | null): Entry[] {
  return linesOf(text).flatMap((line) => {
    const [, major, minor, op = "", value] = /^(\d+):(\d+) (?:(\w+) )?(\d+)$/.exec(line) ?? [];
    if (value === undefined) return [];
    return [{ major: Number(major), minor: Number(minor), op, value: countOf(value) }];
  });
}

/** Lines `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`. */
const V2_KEYS = new Map<string, readonly [List, string]>([
  ["rbytes", ["ioServiceBytesRecursive", "Read"]],
  ["wbytes", ["ioServiceBytesRecursive", "Write"]],
  ["rios", ["ioServicedRecursive", "Read"]],
  ["wios", ["ioServicedRecursive", "Write"]],
]);

function listsV2(read: Read): Map<List, Entry[]> {
  const lists = new Map<List, Entry[]>();
  for (const line of linesOf(read("io.stat"))) {
    const [device = "", ...words] = line.split(" ");
    const [major = 0, minor = 0] = device.split(":").map(Number);
    for (const word of words) {
      const [key = "", value = ""] = word.split("=");
      const [list, op] = V2_KEYS.get(key) ?? [];
      if (list === undefined || op === undefined) continue;
      const entries = lists.get(list) ?? [];
      lists.set(list, [...entries, { major, minor, op, value: countOf(value) }]);
    }
  }
  return lists;
}
