// A further process of a running container -> Plan: nothing but the order of the steps. Pure.
// What the container is was checked when it was created; its kept config says what every process of it gets.

import type { Config, Process } from "../../config/types.ts";
import { bitMask } from "../bit-mask.ts";
import type { CgroupPath } from "../cgroup/path.ts";
import { compileConsole } from "../console.ts";
import { addFd, type Context } from "../context.ts";
import type { UnitRef } from "../driver.ts";
import { environmentOf } from "../environment.ts";
import type { Facts } from "../facts.ts";
import { compileProbeGroups } from "../ids.ts";
import { compileIntelRdt } from "../intel-rdt.ts";
import { compileIoPriority } from "../io-priority.ts";
import { CLONE_NEWNS, CLONE_NEWTIME } from "../kernel.ts";
import { compileKeyring } from "../keyring.ts";
import { compileApparmor, compileSelinux } from "../labels.ts";
import { compileMemoryPolicy } from "../memory-policy.ts";
import { namespacesOf } from "../namespaces.ts";
import type { HostOp, InitOp, Plan } from "../ops.ts";
import { cleanPath } from "../paths.ts";
import { compilePersonality } from "../personality.ts";
import * as steps from "../process.ts";
import { compileRaisedRlimits, compileRlimits } from "../rlimits.ts";
import { compileScheduler } from "../scheduler.ts";
import { compileSeccomp } from "../seccomp.ts";
import { compileExecCgroups, type SubCgroups } from "./cgroups.ts";

/** The container as it runs. */
export interface ExecTarget {
  readonly id: string;
  /** Of its first process; the start time in clock ticks since boot. */
  readonly pid: number;
  readonly startTime: bigint;
  /** Absolute path on the host. */
  readonly rootfs: string;
  /** Those made for it. */
  readonly cgroups: readonly CgroupPath[];
  /** The unit of systemd that they are in. */
  readonly unit?: UnitRef;
  /** Its processes share a session keyring of their own. */
  readonly hasKeyring: boolean;
  /** It has a time namespace that its config does not name. */
  readonly isRestored?: boolean;
}

export interface ExecOptions {
  /** `--preserve-fds` */
  readonly preserveFds: number;
  readonly subCgroups: SubCgroups;
  /** Milliseconds that entering the container may take; 0 is no limit, as for a paused one. */
  readonly timeoutMs: number;
}

export interface CompiledExec {
  readonly plan: Plan;
  /** The way in where the caller may not clone into the cgroup: systemd moves the process. */
  readonly detour?: HostOp;
  /** One line each. */
  readonly warnings: readonly string[];
}

/** @throws RuntimeError (ERR_PLAN, ERR_USAGE) when this container or this host can't do what is asked for */
export function compileExec(
  saved: Config,
  process: Process,
  facts: Facts,
  target: ExecTarget,
  options: ExecOptions,
): CompiledExec {
  const cgroups = compileExecCgroups(target.cgroups, facts.cgroup, options.subCgroups);
  const context = contextOf({ ...saved, process }, facts, target, options);
  const { fds, warnings, namespaces } = context;
  const init = compileInit(context);
  const { pid, startTime } = target;
  const { preserveFds, timeoutMs } = options;
  const kinds = namespaces.all | (target.isRestored === true ? CLONE_NEWTIME : 0);
  const plan: Plan = {
    before: [],
    fds,
    sandbox: {
      namespaces: 0,
      joins: [],
      joinProcess: { pid, startTime, namespaces: kinds, cgroups: cgroups.v1, timeoutMs },
      intoCgroup: cgroups.into,
      preserveFds,
    },
    // done to the process while it is still outside
    after: [
      ...steps.compileOomScore(context),
      ...compileRaisedRlimits(context),
      ...compileInitialAffinity(context),
      ...compileIntelRdt(context).ops.filter(({ op }) => op === "joinResctrl"),
    ],
    init,
  };
  const detour = detourOf(target, options.subCgroups);
  return { plan, warnings, ...(detour !== undefined && { detour }) };
}

function detourOf({ unit }: ExecTarget, subs: SubCgroups): HostOp | undefined {
  if (unit === undefined) return undefined;
  const { name, bus } = unit;
  const path = cleanPath(`/${subs.get("") ?? ""}`);
  return {
    op: "attachToUnit",
    at: "",
    bus: [...bus],
    unit: name,
    path,
    timeoutMs: ATTACH_TIMEOUT_MS,
  };
}

/** Milliseconds that systemd may take to move a process. */
const ATTACH_TIMEOUT_MS = 30_000;

function contextOf(
  config: Config,
  facts: Facts,
  { id, rootfs, hasKeyring }: ExecTarget,
  { preserveFds }: ExecOptions,
): Context {
  const linux = config.linux ?? {};
  return {
    config,
    linux,
    facts,
    options: { id, bundle: "", preserveFds, noNewKeyring: !hasKeyring },
    namespaces: namespacesOf(linux),
    cgroups: { targets: [], shared: [], cloneInto: "" },
    rootfs,
    fds: [],
    warnings: [],
  };
}

function compileInit(context: Context): InitOp[] {
  const environment = environmentOf(context);
  const seccomp = compileSeccomp(context);
  const isFilterLast = context.config.process.noNewPrivileges === true;
  return [
    ...compileFinalAffinity(context),
    { op: "newSession", at: "" },
    ...compileKeyring(context),
    ...compileRoot(context),
    ...compileConsole(context, false),

    ...steps.compileNoNewPrivileges(context),
    ...compileScheduler(context),
    ...compileIoPriority(context),
    ...compilePersonality(context),
    ...compileMemoryPolicy(context),
    ...throughHostProc(context, compileApparmor(context)),
    ...throughHostProc(context, compileSelinux(context)),
    ...compileRlimits(context),
    ...steps.compileCloseOnExec(context),
    ...steps.compileDirectory(context),
    ...compileProbeGroups(context),
    ...(isFilterLast ? [] : seccomp),
    ...steps.compileUser(context),
    ...steps.compileProgram(context, environment),
    ...(isFilterLast ? seccomp : []),

    { op: "ready", at: "" },
    ...steps.compileExec(context, environment),
  ];
}

/** Joining a mount namespace leads to its root; without one of its own the container is in a chroot(2) only. */
function compileRoot({ namespaces, rootfs }: Context): InitOp[] {
  if ((namespaces.all & CLONE_NEWNS) !== 0) return [{ op: "openSharedRoot", at: "", source: "/" }];
  return [
    { op: "openSharedRoot", at: "", source: rootfs },
    { op: "changeRoot", at: "" },
  ];
}

/** The container's own /proc may be covered, and in a user namespace no other can be mounted. */
function throughHostProc(context: Context, ops: readonly InitOp[]): InitOp[] {
  return ops.map((op): InitOp => {
    if (op.op !== "writeProc") return op;
    const { at, path, text } = op;
    return { op: "writeHostProc", at, fd: addFd(context, { op: "hostProc", at }), path, text };
  });
}

/** Until the process is in the container's cgroups. Spec: config.md#linux-process */
function compileInitialAffinity({ config }: Context): HostOp[] {
  const { initial = "" } = config.process.execCPUAffinity ?? {};
  if (initial === "") return [];
  return [{ op: "setAffinity", at: "/process/execCPUAffinity/initial", cpus: bitMask(initial) }];
}

/** From then on; without either, what this runtime was bound to must not bind the process. */
function compileFinalAffinity({ config }: Context): InitOp[] {
  const { initial = "", final = "" } = config.process.execCPUAffinity ?? {};
  if (initial === "" && final === "") {
    return [{ op: "cpuAffinity", at: "", cpus: new Uint8Array() }];
  }
  if (final === "") return [];
  return [{ op: "cpuAffinity", at: "/process/execCPUAffinity/final", cpus: bitMask(final) }];
}
