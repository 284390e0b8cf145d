// systemd as the maker of a container's cgroups: which unit, with which properties, and what is done beside it. Pure.
// Spec: config-linux.md#cgroups-path, #control-groups

import type { Config, Linux, Resources } from "../../../config/types.ts";
import type { Context } from "../../context.ts";
import type { UnitDriver, UnitRef } from "../../driver.ts";
import type { Facts } from "../../facts.ts";
import type { BusSocket, HostOp, InitOp, UnitProperty } from "../../ops.ts";
import { joinPath } from "../../paths.ts";
import { planError } from "../../problem.ts";
import { type CompiledCgroups, canJoinItself } from "../compile.ts";
import { canRestrictDevices, compileDeviceRules } from "../device-ops.ts";
import { devicePolicy } from "../devices.ts";
import { compileLimits } from "../limits.ts";
import { compileOwnership } from "../ownership.ts";
import { type CgroupLayout, type CgroupTarget, hostPath } from "../path.ts";
import { annotatedProperties } from "./annotations.ts";
import { withRoundedQuota } from "./cpu-quota.ts";
import { deviceProperties } from "./devices.ts";
import { resourceProperties } from "./properties.ts";
import { type Scope, scopeOf, slicePath } from "./unit.ts";
import { flag, text } from "./values.ts";

/** The service manager that makes the unit. */
export interface ServiceManager {
  /** Where it is reached. */
  readonly bus: readonly BusSocket[];
  readonly version: number;
  /** Its own cgroup; empty for the root. */
  readonly controlGroup: string;
  /** It is a user's, not the machine's. */
  readonly isUser: boolean;
}

/** Milliseconds that systemd may take for anything, as in runc. */
export const TIMEOUT_MS = 30_000;

/** The version of systemd in which a scope takes it. */
const OOM_POLICY_SINCE = 253;

export function systemdDriver(manager: ServiceManager): UnitDriver {
  const { bus, version, isUser } = manager;
  return {
    layout: (linux, facts, id) => layoutOf(linux, facts, id, manager),
    unit: (linux, id): UnitRef => ({ name: scopeOf(linux, id, isUser).unit, bus, version }),
    compile: (context) => compileUnit(context, manager),
  };
}

function layoutOf(linux: Linux, facts: Facts, id: string, manager: ServiceManager): CgroupLayout {
  const { mode, hierarchies, unified } = facts.cgroup;
  if (manager.isUser && mode !== "v2") {
    throw planError("", "cannot use rootless systemd cgroups manager on cgroup v1");
  }
  const { unit, slice } = scopeOf(linux, id, manager.isUser);
  const path = joinPath(joinPath(manager.controlGroup || "/", slicePath(slice)), unit);
  const targets: CgroupTarget[] = hierarchies.map(({ root, controllers }) => ({
    version: 1,
    root,
    path,
    controllers,
  }));
  if (unified !== undefined) {
    targets.push({ version: 2, root: unified.root, path, controllers: unified.controllers });
  }
  return { targets, shared: [], cloneInto: "" };
}

/** Everything comes after the clone: a scope is made for a process that is there already, and takes it in. */
function compileUnit(context: Context, manager: ServiceManager): CompiledCgroups {
  const { cgroups, linux, facts, options, warnings } = context;
  const at = (linux.cgroupsPath ?? "") === "" ? "" : "/linux/cgroupsPath";
  const scope = scopeOf(linux, options.id, manager.isUser);
  const resources = withRoundedQuota(linux.resources ?? {});
  const limits = compileLimits(resources, cgroups, warnings);
  const after: HostOp[] = [
    {
      op: "startUnit",
      at,
      bus: [...manager.bus],
      unit: scope.unit,
      properties: unitProperties(context, scope, resources, manager.version),
      timeoutMs: TIMEOUT_MS,
    },
  ];
  const init: InitOp[] = [];
  for (const target of cgroups.targets) joinHierarchy(context, target, at, after, init);
  after.push(...compileOwnership(context, at), ...limits.before, ...limits.after);
  if (canRestrictDevices(facts, manager.isUser)) {
    after.push(...compileDeviceRules(linux, cgroups, facts));
  }
  return { before: [], after, meanwhile: [], init };
}

/** systemd makes and joins what it knows; of v1's controllers that is not all, of v2's it turns not all on. */
function joinHierarchy(
  context: Context,
  target: CgroupTarget,
  at: string,
  after: HostOp[],
  init: InitOp[],
): void {
  const { version, controllers, root, path } = target;
  if (version === 2) {
    if (context.facts.cgroup.mode !== "v2") return;
    after.push({ op: "enableControllers", at, root, path, controllers: [...controllers] });
    return;
  }
  if (controllers.includes("name=systemd")) return;
  after.push({ op: "makeCgroup", at, root, path, seedCpuset: controllers.includes("cpuset") });
  if (canJoinItself(context)) init.push({ op: "joinCgroup", at, path: hostPath(target) });
  else after.push({ op: "joinCgroup", at, root, path });
}

function unitProperties(
  { config, linux, facts }: Context,
  { slice, description }: Scope,
  resources: Resources,
  version: number,
): UnitProperty[] {
  const isV2 = facts.cgroup.mode === "v2";
  return [
    text("Description", description),
    text("Slice", slice),
    flag("Delegate", true),
    // numbers for `events`, and controllers that are there before they are needed
    flag("MemoryAccounting", true),
    flag("CPUAccounting", true),
    flag(isV2 ? "IOAccounting" : "BlockIOAccounting", true),
    flag("TasksAccounting", true),
    // a container is not to be stopped before everything else when the machine goes down
    flag("DefaultDependencies", false),
    ...oomPolicy(resources, version),
    ...deviceProperties(devicePolicy(resources.devices, linux.devices)),
    ...resourceProperties(resources, isV2, version),
    ...annotatedProperties(config as Config),
  ];
}

/** Can't be changed later: systemd watches for it from the unit's start. */
function oomPolicy({ unified = {} }: Resources, version: number): UnitProperty[] {
  const group = unified["memory.oom.group"]?.trim();
  if (version < OOM_POLICY_SINCE || (group !== "0" && group !== "1")) return [];
  return [text("OOMPolicy", group === "1" ? "kill" : "continue")];
}
