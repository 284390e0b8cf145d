// `linux.resources` -> which controller takes what, and its writes. Pure.
// Spec: config-linux.md#control-groups

import { childPointer } from "../../config/pointer.ts";
import type { Resources } from "../../config/types.ts";
import type { HostOp } from "../ops.ts";
import { planError } from "../problem.ts";
import { type CgroupLayout, type CgroupTarget, controllerTarget } from "./path.ts";
import * as v1 from "./v1.ts";
import * as v2 from "./v2.ts";
import { isUnset, type Write } from "./writes.ts";

type Section = (resources: Resources) => Write[];

interface Row {
  /** A part of the resources that, when absent, leaves nothing to do. */
  readonly key: keyof Resources;
  /** The controller's name in v1 and v2, and what is written there; null: that version has no such thing. */
  readonly v1: readonly [controller: string, section: Section] | null;
  readonly v2: readonly [controller: string, section: Section] | null;
}

const ROWS: readonly Row[] = [
  { key: "memory", v1: ["memory", v1.memoryV1], v2: ["memory", v2.memoryV2] },
  { key: "cpu", v1: ["cpu", v1.cpuV1], v2: ["cpu", v2.cpuV2] },
  { key: "cpu", v1: ["cpuset", v1.cpusetV1], v2: ["cpuset", v1.cpusetV1] },
  { key: "pids", v1: ["pids", v1.pids], v2: ["pids", v1.pids] },
  { key: "blockIO", v1: ["blkio", v1.blockIoV1], v2: ["io", v2.blockIoV2] },
  { key: "hugepageLimits", v1: ["hugetlb", v1.hugetlbV1], v2: ["hugetlb", v2.hugetlbV2] },
  { key: "network", v1: ["net_cls", v1.networkClassV1], v2: null },
  { key: "network", v1: ["net_prio", v1.networkPrioritiesV1], v2: null },
  { key: "rdma", v1: ["rdma", v2.rdma], v2: ["rdma", v2.rdma] },
];

/** Settings that are passed over, as by runc: nothing in the kernel is left, or was ever there, to take them. */
const PASSED_OVER: readonly {
  readonly at: string;
  readonly isAsked: (resources: Resources) => boolean;
  /** v1 has it: only where the controller is v2. */
  readonly controller?: string;
}[] = [
  { at: "/memory/kernel", isAsked: ({ memory }) => memory?.kernel !== undefined },
  { at: "/memory/kernelTCP", isAsked: ({ memory }) => memory?.kernelTCP !== undefined },
  {
    at: "/memory/swappiness",
    isAsked: ({ memory }) => memory?.swappiness !== undefined,
    controller: "memory",
  },
  {
    at: "/memory/disableOOMKiller",
    isAsked: ({ memory }) => memory?.disableOOMKiller === true,
    controller: "memory",
  },
  {
    at: "/cpu/realtimeRuntime",
    isAsked: ({ cpu }) => !isUnset(cpu?.realtimeRuntime),
    controller: "cpu",
  },
  {
    at: "/cpu/realtimePeriod",
    isAsked: ({ cpu }) => !isUnset(cpu?.realtimePeriod),
    controller: "cpu",
  },
  {
    at: "/blockIO/leafWeight",
    isAsked: ({ blockIO }) => !isUnset(blockIO?.leafWeight),
    controller: "io",
  },
];

export interface CompiledLimits {
  readonly before: HostOp[];
  /** Once the init is in the cgroup: a limit of processes counts clone(2) itself. */
  readonly after: HostOp[];
  /** v2 controllers that something was written for. */
  readonly controllers: string[];
}

export function compileLimits(
  resources: Resources,
  layout: CgroupLayout,
  warnings: string[],
): CompiledLimits {
  const result: CompiledLimits = { before: [], after: [], controllers: [] };
  for (const row of ROWS) {
    if (resources[row.key] !== undefined) compileRow(row, resources, layout, result);
  }
  compileUnified(resources, layout, result);
  for (const { at, isAsked, controller } of PASSED_OVER) {
    if (!isAsked(resources)) continue;
    const isThere = controller !== undefined && controllerTarget(layout, controller)?.version !== 2;
    if (!isThere) warnings.push(`/linux/resources${at}: ignored: the kernel has no such setting`);
  }
  return result;
}

function compileRow(
  row: Row,
  resources: Resources,
  layout: CgroupLayout,
  result: CompiledLimits,
): void {
  for (const [version, entry] of [
    [1, row.v1],
    [2, row.v2],
  ] as const) {
    if (entry === null) continue;
    const [controller, section] = entry;
    const target = controllerTarget(layout, controller);
    if (target?.version !== version) continue;
    const writes = section(resources);
    for (const one of writes) addWrite(one, target, result);
    if (version === 2 && writes.length > 0) result.controllers.push(controller);
    return;
  }
  // nowhere to write: fine as long as nothing is asked for
  const [controller, section] = (row.v1 ?? row.v2)!;
  const [first] = section(resources);
  if (first !== undefined) throw noController(`/linux/resources${first.at}`, controller, layout);
}

function compileUnified(
  { unified }: Resources,
  layout: CgroupLayout,
  result: CompiledLimits,
): void {
  if (unified === undefined) return;
  const target = layout.targets.find(({ version }) => version === 2);
  for (const [name, value] of Object.entries(unified)) {
    const [controller = ""] = name.split(".", 1);
    const at = childPointer("/linux/resources/unified", name);
    const isOffered = controller === "cgroup" || target?.controllers.includes(controller);
    if (target === undefined || !isOffered) throw noUnified(at, controller, layout);
    for (const one of v2.unifiedFile(name, value)) addWrite(one, target, result);
    if (controller !== "cgroup") result.controllers.push(controller);
  }
}

function addWrite(one: Write, { root, path }: CgroupTarget, result: CompiledLimits): void {
  const at = `/linux/resources${one.at}`;
  const { file, text, fallback, ignore = [] } = one;
  const list = one.isLate === true ? result.after : result.before;
  if (fallback === undefined)
    list.push({ op: "writeCgroup", at, root, path, file, text, ignore: [...ignore] });
  else {
    const files = [file, fallback.file];
    list.push({ op: "writeFirstCgroup", at, root, path, files, texts: [text, fallback.text] });
  }
}

function noUnified(at: string, controller: string, layout: CgroupLayout): Error {
  const isThere = [...layout.targets, ...layout.shared].some(({ version }) => version === 2);
  return isThere
    ? noController(at, controller, layout)
    : planError(at, "this host has no cgroup v2");
}

function noController(at: string, controller: string, { shared }: CgroupLayout): Error {
  const denied = shared.find(({ controllers, version }) =>
    controller === "cgroup" ? version === 2 : controllers.includes(controller),
  );
  if (denied !== undefined) throw notDelegated(at, controller, denied);
  const message = `this host has no ${JSON.stringify(controller)} controller to set it with`;
  return planError(at, message, "leave it out, or have the controller mounted or delegated");
}

/** In runc's words, by the version. */
function notDelegated(at: string, controller: string, { version, root }: CgroupTarget): Error {
  const message =
    version === 1
      ? `cannot set ${controller} limit: container could not join or create cgroup in ${root}`
      : `rootless needs no limits + no cgrouppath when no permission is granted for cgroups in ${root}`;
  return planError(at, message, "leave it out, or have a cgroup delegated to this user");
}
