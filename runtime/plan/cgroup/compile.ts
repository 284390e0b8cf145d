// The container's cgroups: making them, their limits, moving the init into them. Pure.
// Spec: config-linux.md#control-groups

import type { Context } from "../context.ts";
import { CLONE_NEWNS, CLONE_NEWUSER } from "../kernel.ts";
import type { HostOp, InitOp } from "../ops.ts";
import { canRestrictDevices, compileDeviceRules } from "./device-ops.ts";
import { compileLimits } from "./limits.ts";
import { compileOwnership } from "./ownership.ts";
import { type CgroupTarget, controllerTarget, hostPath } from "./path.ts";

export interface CompiledCgroups {
  /** Before the clone. */
  readonly before: HostOp[];
  /** After it: the init must be a member before it goes on. */
  readonly after: HostOp[];
  /** After it too, in no hurry. */
  readonly meanwhile: HostOp[];
  /** The init's own first steps. */
  readonly init: InitOp[];
}

const PATH_AT = "/linux/cgroupsPath";

/** Every hierarchy is joined, also where nothing is limited: kill, pause and ps find the container by its cgroup. */
export function compileCgroups(context: Context): CompiledCgroups {
  const { cgroups, linux, warnings } = context;
  const at = (linux.cgroupsPath ?? "") === "" ? "" : PATH_AT;
  const limits = compileLimits(linux.resources ?? {}, cgroups, warnings);
  const before: HostOp[] = [];
  for (const target of cgroups.targets) {
    makeCgroup(context, target, limits.controllers, at, before);
  }
  before.push(...compileOwnership(context, at));
  before.push(...limits.before);
  const devices = deviceSteps(context);
  before.push(...devices.before);

  const after: HostOp[] = [];
  const init: InitOp[] = [];
  const joinsItself = canJoinItself(context);
  for (const target of cgroups.targets) {
    const { version, root, path } = target;
    // the init is cloned into the unified one
    if (version === 2) continue;
    if (joinsItself) init.push({ op: "joinCgroup", at, path: hostPath(target) });
    else after.push({ op: "joinCgroup", at, root, path });
  }
  return { before, after, meanwhile: [...limits.after, ...devices.meanwhile], init };
}

/** Where the init sees the host's files as the host's root: moving itself costs it nothing, being moved costs milliseconds. */
export function canJoinItself({ namespaces }: Context): boolean {
  if ((namespaces.all & CLONE_NEWUSER) !== 0) return false;
  return !namespaces.joins.some(({ kind }) => kind === CLONE_NEWNS);
}

function makeCgroup(
  { facts }: Context,
  { version, controllers, root, path }: CgroupTarget,
  needed: readonly string[],
  at: string,
  ops: HostOp[],
): void {
  const seedCpuset = version === 1 && controllers.includes("cpuset");
  ops.push({ op: "makeCgroup", at, root, path, seedCpuset });
  // pure v2: all of them, for the numbers that engines show; on a hybrid host only what has no hierarchy of its own
  const enabled = facts.cgroup.mode === "v2" ? controllers : needed;
  if (version === 1 || enabled.length === 0) return;
  ops.push({ op: "enableControllers", at, root, path, controllers: [...new Set(enabled)] });
}

/** Between the first rule of v1, which denies all, and the last nobody may be a member who makes devices. */
function deviceSteps({ cgroups, linux, facts, options }: Context): {
  before: HostOp[];
  meanwhile: HostOp[];
} {
  if (!canRestrictDevices(facts, options.isRootless === true)) return { before: [], meanwhile: [] };
  const ops = compileDeviceRules(linux, cgroups, facts);
  const isV1 = controllerTarget(cgroups, "devices") !== undefined;
  return isV1 ? { before: ops, meanwhile: [] } : { before: [], meanwhile: ops };
}
