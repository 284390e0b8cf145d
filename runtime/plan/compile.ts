// Config + what the host offers + options -> Plan: nothing but the order of the steps. Pure.
// Spec: runtime.md#lifecycle; the order is runc's, which engines and images rely on

import type { Config } from "../config/types.ts";
import { compileNotifyMount } from "./bind-mounts.ts";
import { compileCgroups } from "./cgroup/compile.ts";
import {
  type CgroupPath,
  cgroupLayout,
  type FreezerFile,
  freezerFile,
  processesTarget,
} from "./cgroup/path.ts";
import { compileConsole, compileStreams } from "./console.ts";
import type { Context } from "./context.ts";
import { compileDevices } from "./devices.ts";
import type { CgroupDriver, UnitRef } from "./driver.ts";
import { environmentOf } from "./environment.ts";
import type { Facts } from "./facts.ts";
import { compileCreateHooks, compileHookBarrier, compileStartHooks } from "./hooks.ts";
import { compileHostNames } from "./hostname.ts";
import { compileBecomeRoot, compileIdMaps } from "./ids.ts";
import { compileIntelRdt } from "./intel-rdt.ts";
import { compileIoPriority } from "./io-priority.ts";
import { CLONE_NEWPID } from "./kernel.ts";
import { compileKeyring } from "./keyring.ts";
import { compileApparmor, compileProc, compileSelinux } from "./labels.ts";
import { compileRestrictedPaths } from "./masked-paths.ts";
import { compileMemoryPolicy } from "./memory-policy.ts";
import { compileMounts } from "./mounts.ts";
import {
  compileLateNamespaces,
  compileLoopback,
  compileSandbox,
  namespacesOf,
} from "./namespaces.ts";
import { compileNetDevices } from "./net-devices.ts";
import type { HostOp, InitOp, Plan } from "./ops.ts";
import type { PlanOptions } from "./options.ts";
import { absolutePath } from "./paths.ts";
import { compilePersonality } from "./personality.ts";
import { planError } from "./problem.ts";
import * as process from "./process.ts";
import { compileRaisedRlimits, compileRlimits } from "./rlimits.ts";
import {
  compileEnterRoot,
  compileOpenRoot,
  compileReadonlyRoot,
  compileRootPropagation,
} from "./rootfs.ts";
import { compileScheduler } from "./scheduler.ts";
import { compileSeccomp } from "./seccomp.ts";
import { compileSignals, compileWait } from "./start.ts";
import { compileSysctls } from "./sysctl.ts";

export interface Compiled {
  readonly plan: Plan;
  /** Made for the container: to be removed with it. */
  readonly cgroups: readonly CgroupPath[];
  /** resctrl groups likewise, in the order in which they are made. */
  readonly resctrlGroups: readonly CgroupPath[];
  /** The file that says whether the container is frozen, where one is its own. */
  readonly freezer?: FreezerFile;
  /** The cgroup whose processes are the container's, where it has one of its own. */
  readonly processes?: CgroupPath;
  /** The unit of systemd that it is in. */
  readonly unit?: UnitRef;
  /** One line each. */
  readonly warnings: readonly string[];
}

/**
 * `driver`: who makes the cgroups in place of the runtime.
 *
 * @throws RuntimeError (ERR_PLAN, ERR_CONFIG) when this host can't do what the config asks for
 */
export function compilePlan(
  config: Config,
  facts: Facts,
  options: PlanOptions,
  driver?: CgroupDriver,
): Compiled {
  const context = contextOf(config, facts, options, driver);
  if (facts.euid !== 0 && !config.linux?.namespaces?.some(({ type }) => type === "user")) {
    throw planError("/linux/namespaces", "rootless container requires user namespaces");
  }
  const { cgroups: layout, warnings, fds } = context;
  if (!canKillAll(context)) {
    warnings.push(
      "/linux/namespaces: without a pid namespace and without a cgroup nobody can find all processes of the container",
    );
  }
  const cgroups = driver === undefined ? compileCgroups(context) : driver.compile(context);
  const unit = driver?.unit?.(context.linux, options.id);
  const rdt = compileIntelRdt(context);
  const init = [...cgroups.init, ...compileInit(context)];
  const plan: Plan = {
    before: cgroups.before,
    fds,
    sandbox: compileSandbox(context),
    ...hostSteps(
      context,
      [
        ...compileIdMaps(context),
        ...compileRaisedRlimits(context),
        ...cgroups.after,
        ...compileNetDevices(context),
      ],
      [...process.compileOomScore(context), ...cgroups.meanwhile, ...rdt.ops],
    ),
    init,
  };
  const freezer = freezerFile(layout);
  const processes = processesTarget(layout);
  return {
    plan,
    cgroups: layout.targets.map(({ root, path }) => ({ root, path })),
    resctrlGroups: rdt.groups,
    ...(freezer !== undefined && { freezer }),
    ...(processes !== undefined && { processes: { root: processes.root, path: processes.path } }),
    ...(unit !== undefined && { unit }),
    warnings,
  };
}

/** A container that is gone leaves nobody behind: its pid namespace sees to that, or its cgroup knows who is left. */
function canKillAll({ namespaces, cgroups }: Context): boolean {
  return (namespaces.made & CLONE_NEWPID) !== 0 || processesTarget(cgroups) !== undefined;
}

/** The init goes on while the host is at `meanwhile`, unless hooks are to find everything done. */
function hostSteps(
  { config }: Context,
  after: HostOp[],
  meanwhile: HostOp[],
): Pick<Plan, "after" | "meanwhile"> {
  const { createContainer = [] } = config.hooks ?? {};
  if (createContainer.length > 0 || after.length > 0) {
    return { after: [...after, ...meanwhile], meanwhile: [] };
  }
  return { after, meanwhile };
}

export function contextOf(
  config: Config,
  facts: Facts,
  options: PlanOptions,
  driver?: CgroupDriver,
): Context {
  const linux = config.linux ?? {};
  return {
    config,
    linux,
    facts,
    options,
    namespaces: namespacesOf(linux),
    cgroups: driver?.layout(linux, facts, options.id) ?? cgroupLayout(linux, facts, options),
    rootfs: absolutePath(config.root.path, options.bundle),
    fds: [],
    warnings: [],
  };
}

/** What happens inside, from the first step after the clone to the program itself. */
function compileInit(context: Context): InitOp[] {
  const mounts = compileMounts(context);
  const environment = environmentOf(context);
  const seccomp = compileSeccomp(context);
  // with no-new-privileges a filter needs no privilege, and is best put last: less that it must allow
  const isFilterLast = context.config.process.noNewPrivileges === true;
  return [
    // enter the sandbox
    ...compileLateNamespaces(context),
    ...compileBecomeRoot(context),
    { op: "newSession", at: "" },
    ...compileKeyring(context),
    ...compileLoopback(context),

    // build the root file system, still seeing the host's
    ...compileOpenRoot(context),
    ...mounts.ops,
    ...compileNotifyMount(context),
    ...(mounts.hasForeignDev ? [] : compileDevices(context)),
    ...compileProc(context),
    ...compileHookBarrier(context),
    ...compileCreateHooks(context),

    // leave the host's
    ...compileEnterRoot(context),
    ...compileRootPropagation(context),
    ...process.compileWorkingDirectory(context),
    ...compileConsole(context),
    ...compileStreams(context, mounts.hasForeignDev),
    ...mounts.late,
    ...compileReadonlyRoot(context),

    // the machine as the container sees it
    ...compileHostNames(context),
    ...compileApparmor(context),
    ...compileSysctls(context),
    ...compileRestrictedPaths(context),

    // the process
    ...process.compileNoNewPrivileges(context),
    ...compileScheduler(context),
    ...compileIoPriority(context),
    ...compilePersonality(context),
    ...compileMemoryPolicy(context),
    ...compileSelinux(context),
    ...compileRlimits(context),
    ...process.compileCloseOnExec(context),
    ...process.compileDirectory(context),
    ...compileSignals(context),
    ...(isFilterLast ? [] : seccomp),
    ...process.compileUser(context),
    ...process.compileProgram(context, environment),
    ...(isFilterLast ? seccomp : []),

    // the program
    { op: "ready", at: "" },
    ...compileWait(context),
    ...compileStartHooks(context, environment),
    ...process.compileExec(context, environment),
  ];
}
