// What `update` gives + the container's saved config and cgroups -> the steps of the change and those of its undoing. Pure.

import type { IntelRdt, Linux, Resources } from "../../config/types.ts";
import type { UnitRef } from "../driver.ts";
import type { Facts } from "../facts.ts";
import { compileSchemata } from "../intel-rdt.ts";
import type { HostOp } from "../ops.ts";
import { planError } from "../problem.ts";
import { canRestrictDevices, compileDeviceRules, compileDeviceUpdate } from "./device-ops.ts";
import { compileLimits } from "./limits.ts";
import { mergeResources } from "./merge.ts";
import type { CgroupLayout } from "./path.ts";
import { withRoundedQuota } from "./systemd/cpu-quota.ts";
import { compileUnitUpdate, type UnitUpdate } from "./systemd/update.ts";

/** What `update` may give. */
export interface Change {
  readonly resources: Resources;
  readonly intelRdt?: Pick<IntelRdt, "l3CacheSchema" | "memBwSchema">;
}

export interface UpdateContext {
  readonly id: string;
  /** As it was saved. */
  readonly linux: Linux;
  readonly layout: CgroupLayout;
  readonly facts: Facts;
  readonly isRootless: boolean;
  /** The unit of systemd that the container is in. */
  readonly unit?: UnitRef;
}

export interface CompiledUpdate {
  /** To be saved. */
  readonly linux: Linux;
  readonly ops: readonly HostOp[];
  /** Bring the unit's properties back, which the files follow. */
  readonly unitUndo: readonly HostOp[];
  /** Bring the device rules back; for use when one of the steps that change them was done. */
  readonly deviceUndo: readonly HostOp[];
  readonly warnings: readonly string[];
}

/** @throws RuntimeError (ERR_PLAN) when this host can't do what is asked for */
export function compileUpdate(context: UpdateContext, given: Change): CompiledUpdate {
  const { linux, layout, facts } = context;
  const warnings: string[] = [];
  const merged = mergeResources(linux.resources ?? {}, given.resources);
  const { resources } = merged;
  const change = context.unit === undefined ? merged.change : withRoundedQuota(merged.change);
  const unit = unitUpdate(context, change);
  const limits = compileLimits(change, layout, warnings);
  const rules = change.devices;
  const mayRestrict = canRestrictDevices(facts, context.isRootless);
  if (rules !== undefined && !mayRestrict) {
    warnings.push("/linux/resources/devices: ignored: device rules are for root of the machine");
  }
  const devices =
    rules !== undefined && mayRestrict ? compileDeviceUpdate(linux, rules, layout, facts) : [];
  const rdt = mergeRdt(linux.intelRdt, given.intelRdt);
  return {
    linux: { ...linux, resources, ...(rdt !== undefined && { intelRdt: rdt }) },
    ops: [
      ...unit.ops,
      ...enableControllers(layout, limits.controllers),
      ...limits.before,
      ...limits.after,
      ...devices,
      ...(given.intelRdt === undefined || rdt === undefined
        ? []
        : compileSchemata(rdt, context.id)),
    ],
    unitUndo: unit.undo,
    deviceUndo: devices.length === 0 ? [] : compileDeviceRules(linux, layout, facts),
    warnings,
  };
}

function unitUpdate({ unit, linux, facts }: UpdateContext, change: Resources): UnitUpdate {
  if (unit === undefined) return { ops: [], undo: [] };
  return compileUnitUpdate(unit, linux, change, facts.cgroup.mode === "v2");
}

/** Some may not have been needed when the cgroup was made. */
function enableControllers(layout: CgroupLayout, controllers: readonly string[]): HostOp[] {
  const target = layout.targets.find(({ version }) => version === 2);
  if (target === undefined || controllers.length === 0) return [];
  const { root, path } = target;
  const names = [...new Set(controllers)];
  return [{ op: "enableControllers", at: "", root, path, controllers: names }];
}

function mergeRdt(old: IntelRdt | undefined, given: Change["intelRdt"]): IntelRdt | undefined {
  if (given === undefined) return old;
  if (old === undefined) {
    throw planError(
      "/linux/intelRdt",
      "updating a non-existent Intel RDT configuration is not supported",
    );
  }
  return { ...old, ...given };
}
