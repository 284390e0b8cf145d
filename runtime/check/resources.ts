// The cgroup files that creation would write -> those that it can't, and limits that this machine can't reach. Pure.
// Spec: config-linux.md#control-groups

import { parseRanges } from "../config/ranges.ts";
import type { Config } from "../config/types.ts";
import { error, type Finding, type Look, warning } from "./finding.ts";

/** What a plan writes to a cgroup: the first of these files that is there. */
export interface CgroupWrite {
  readonly at: string;
  /** Mount point of the hierarchy, and the cgroup's path beneath it. */
  readonly root: string;
  readonly path: string;
  readonly files: readonly string[];
  readonly text: string;
}

export function resourceFindings(
  { linux }: Config,
  writes: readonly CgroupWrite[],
  look: Look,
): Finding[] {
  const found = writes.flatMap((one) => fileFindings(one, look));
  const { cpu = {}, pids = {}, blockIO = {} } = linux?.resources ?? {};
  return [
    // several files may stand for one value
    ...found.filter(({ at }, index) => found.findIndex((other) => other.at === at) === index),
    ...listFindings("/cpu/cpus", cpu.cpus, "CPU", "/sys/devices/system/cpu/online", look),
    ...listFindings("/cpu/mems", cpu.mems, "memory node", "/sys/devices/system/node/online", look),
    ...pidsFindings(pids.limit, look),
    ...(blockIO.weight === undefined || blockIO.weight === 0 ? [] : weightFindings(look)),
  ];
}

/** Why a kernel has no such file, and what would bring it. */
const ABSENT: readonly (readonly [file: RegExp, why: string, hint: string])[] = [
  [
    /^cpu\.rt_/,
    "this kernel has no realtime limits for cgroups",
    "it would need CONFIG_RT_GROUP_SCHED",
  ],
  [
    /^(blkio|io)\.(bfq\.)?weight/,
    "this kernel has no weights of block devices",
    "the scheduler bfq brings them: modprobe bfq",
  ],
  [
    /^blkio\.leaf_weight/,
    "this kernel has no leaf weights",
    "they went with the scheduler cfq in Linux 5.0: leave them out",
  ],
  [
    /^memory\.(memsw|swap)\./,
    "this kernel does not account swap",
    "leave it out, or boot with swapaccount=1",
  ],
  [
    /^hugetlb\./,
    "this machine has no huge pages of that size",
    "ls /sys/kernel/mm/hugepages shows those that there are",
  ],
];

function fileFindings({ at, root, path, files, text }: CgroupWrite, look: Look): Finding[] {
  const place = similarCgroup(root, path, files[0]!, look);
  // nothing to compare with: who knows
  if (place === undefined) return [];
  if (files.some((file) => look.exists(`${place}/${file}`)))
    return realtimeFindings(at, `${root}${parentOf(path)}`, files[0]!, text, look);
  const [, why, hint] = ABSENT.find(([pattern]) => pattern.test(files[0]!)) ?? [];
  return [error(at, why ?? `cgroups of this kernel have no file ${files[0]}`, hint)];
}

/** A cgroup of the same hierarchy, with the controller, that is not its root: some files are not in the root. */
function similarCgroup(root: string, path: string, file: string, look: Look): string | undefined {
  const [controller = ""] = file.split(".", 1);
  const isFit = (place: string) => {
    if (!look.exists(`${place}/cgroup.procs`)) return false;
    const controllers = look.text(`${place}/cgroup.controllers`);
    return controllers === undefined || controllers.split(/\s+/).includes(controller);
  };
  for (let parent = parentOf(path); parent !== ""; parent = parentOf(parent))
    if (isFit(`${root}${parent}`)) return `${root}${parent}`;
  return look
    .names(root)
    .map((name) => `${root}/${name}`)
    .find(isFit);
}

/** `/a/b` -> `/a`; the root is empty. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A cgroup's realtime runtime is part of its parent's, which is 0 unless somebody gave it some. */
function realtimeFindings(
  at: string,
  parent: string,
  file: string,
  text: string,
  look: Look,
): Finding[] {
  if (file !== "cpu.rt_runtime_us") return [];
  const given = look.text(`${parent}/${file}`)?.trim();
  if (given === undefined || Number(given) < 0 || Number(text) <= Number(given)) return [];
  return [
    error(at, `${text} is more than ${parent} has: ${given}`, `write more into its ${file} first`),
  ];
}

function listFindings(
  key: string,
  list: string | undefined,
  what: string,
  path: string,
  look: Look,
): Finding[] {
  const online = parseRanges(look.text(path) ?? "");
  const asked = parseRanges(list ?? "");
  if (online === null || asked === null || online.length === 0) return [];
  const isOnline = (number: number) =>
    online.some(({ first, last }) => first <= number && number <= last);
  const missing = asked
    .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
    .filter((number) => !isOnline(number));
  if (missing.length === 0) return [];
  const there = look.text(path)!.trim();
  const message = `${JSON.stringify(list)}: there is no ${what} ${missing[0]}`;
  return [error(`/linux/resources${key}`, message, `online are ${there}`)];
}

function pidsFindings(limit: number | bigint | undefined, look: Look): Finding[] {
  const most = Number(look.text("/proc/sys/kernel/pid_max") ?? Number.NaN);
  if (limit === undefined || !(Number(limit) > most)) return [];
  return [
    warning(
      "/linux/resources/pids/limit",
      `${limit} is never reached: this machine has no more than ${most} processes`,
      "sysctl kernel.pid_max sets how many",
    ),
  ];
}

/** The file is there once the scheduler is; it weighs only where a device has it. */
function weightFindings(look: Look): Finding[] {
  const schedulers = look
    .names("/sys/block")
    .map((name) => look.text(`/sys/block/${name}/queue/scheduler`) ?? "");
  if (schedulers.length === 0 || schedulers.some((text) => text.includes("[bfq]"))) return [];
  return [
    warning(
      "/linux/resources/blockIO/weight",
      "has no effect: no block device has the scheduler bfq",
      "echo bfq >/sys/block/NAME/queue/scheduler",
    ),
  ];
}
