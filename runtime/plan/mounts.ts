// `mounts` -> mount operations, "in the listed order". Pure: nothing here opens a path.
// Spec: config.md#mounts, config.md#linux-mount-options

import type { Mount } from "../config/types.ts";
import { compileBind } from "./bind-mounts.ts";
import { compileCgroupMount } from "./cgroup/mount.ts";
import type { Context } from "./context.ts";
import { isTooLong } from "./fsconfig.ts";
import { isMapped, makesUserNamespace } from "./ids.ts";
import { ATTR_RDONLY, MS_REC } from "./kernel.ts";
import { mountLabel } from "./labels.ts";
import type { MountEntry } from "./mount-entry.ts";
import { parseMountOptions } from "./mount-options.ts";
import type { InitOp } from "./ops.ts";
import { overlayParams } from "./overlay.ts";
import { cleanPath, isBeneath } from "./paths.ts";
import { planError } from "./problem.ts";
import { hasMountNamespace } from "./rootfs.ts";

export interface CompiledMounts {
  /** In order. */
  readonly ops: InitOp[];
  /** Read-only at last: later mounts and devices need their places in them. */
  readonly late: InitOp[];
  /** Something of the host is on /dev: its devices are left alone. */
  readonly hasForeignDev: boolean;
}

/** What lxcfs and its like put over files of procfs; anything else there would deceive the runtime or its checks. */
const ALLOWED_IN_PROC = new Set([
  "/proc/cpuinfo",
  "/proc/diskstats",
  "/proc/meminfo",
  "/proc/stat",
  "/proc/swaps",
  "/proc/uptime",
  "/proc/loadavg",
  "/proc/slabinfo",
  "/proc/sys/kernel/ns_last_pid",
  "/proc/sys/crypto/fips_enabled",
]);

/** Their labels can't be set by a mount option. */
const UNLABELLED = ["proc", "sysfs", "mqueue", "cgroup", "cgroup2"];

export function compileMounts(context: Context): CompiledMounts {
  const { mounts = [] } = context.config;
  const result: CompiledMounts & { hasForeignDev: boolean } = {
    ops: [],
    late: [],
    hasForeignDev: false,
  };
  if (mounts.length > 0 && !hasMountNamespace(context)) {
    const hint = 'add {"type": "mount"} to /linux/namespaces';
    throw planError("/mounts", "mounts without a mount namespace would stay on the host", hint);
  }
  for (let index = 0; index < mounts.length; index++) {
    const entry = readEntry(context, mounts[index]!, `/mounts/${index}`);
    const place = cleanPath(entry.target);
    checkPlace(entry, place);
    if (entry.options.isBind && place === "/dev") result.hasForeignDev = true;
    delayReadonly(entry, place, result.late);
    compileEntry(context, entry, result.ops);
    for (const flags of entry.options.propagations.slice(1)) {
      result.ops.push(furtherPropagation(entry, flags));
    }
  }
  return result;
}

function readEntry(context: Context, mount: Mount, at: string): MountEntry {
  const options = parseMountOptions(mount.options);
  if (mount.type === "bind" && !options.isBind && !options.isRemount) {
    context.warnings.push(
      `${at}: type "bind" without the option "bind" or "rbind" is taken as "bind"`,
    );
    options.isBind = true;
  }
  const { destination } = mount;
  // relative is deprecated but "MUST be interpreted as relative to /"; some engines put the root file system in front
  const path = destination.startsWith("/") ? destination : `/${destination}`;
  const target = path.startsWith(`${context.rootfs}/`) ? path.slice(context.rootfs.length) : path;
  return { at, mount, target, options };
}

function checkPlace({ at, mount, options }: MountEntry, place: string): void {
  if (place === "/")
    throw planError(`${at}/destination`, "the root file system itself can't be covered");
  if (!isBeneath(place, "/proc")) return;
  if (place === "/proc") {
    // what a bind mount brings there, the init can see
    if (options.isBind || options.isRemount || mount.type === "proc") return;
    throw planError(at, '"/proc" cannot be mounted because it is not of type proc');
  }
  if (!ALLOWED_IN_PROC.has(place)) {
    throw planError(at, `${JSON.stringify(place)} cannot be mounted because it is inside /proc`);
  }
}

/** As runc: every tmpfs, and whatever is on /dev, is writable until the container is complete. */
function delayReadonly(entry: MountEntry, place: string, late: InitOp[]): void {
  const { at, mount, options, target } = entry;
  if ((options.set & ATTR_RDONLY) === 0 || options.isRemount) return;
  if (place !== "/dev" && (mount.type !== "tmpfs" || options.isBind)) return;
  options.set &= ~ATTR_RDONLY;
  late.push(setAttr(at, target, ATTR_RDONLY, 0, 0, false));
}

function compileEntry(context: Context, entry: MountEntry, ops: InitOp[]): void {
  const { at, mount, options, target } = entry;
  const [propagation = 0] = options.propagations;
  if (options.isRemount) {
    if (options.data.length > 0) {
      throw planError(`${at}/options`, `a remount can't change ${JSON.stringify(options.data[0])}`);
    }
    const isDeep = (propagation & MS_REC) !== 0;
    ops.push(setAttr(at, target, options.set, options.clear, 0, false));
    if (propagation !== 0) ops.push(setAttr(at, target, 0, 0, propagation & ~MS_REC, isDeep));
  } else if (options.isBind) ops.push(compileBind(context, entry));
  else if (mount.type === "cgroup" || mount.type === "cgroup2") {
    compileCgroupMount(context, entry, ops);
  } else ops.push(compileFileSystem(context, entry));
}

function compileFileSystem(context: Context, entry: MountEntry): InitOp {
  const { at, mount, options, target } = entry;
  const { type: fstype = "", source = "" } = mount;
  if (fstype === "" || fstype === "none") {
    const hint = 'for a bind mount add "bind" or "rbind" to its options';
    throw planError(at, `a mount of type ${JSON.stringify(fstype)} is nothing`, hint);
  }
  const params = source === "" ? [] : [`source=${source}`];
  params.push(...options.superblock);
  for (const param of fileSystemParams(context, fstype, options.data)) params.push(param);
  const label = mountLabel(context);
  if (label !== "" && !UNLABELLED.includes(fstype)) params.push(`context=${label}`);
  for (const param of params) checkLength(param, at);
  return {
    op: "mountFs",
    at,
    target,
    fstype,
    params,
    attrs: options.set | options.recursiveSet,
    propagation: options.propagations[0] ?? 0,
    copyUp: options.isCopiedUp,
  };
}

/** The kernel would only say EINVAL. */
function checkLength(param: string, at: string): void {
  const end = param.indexOf("=");
  if (end < 0 || !isTooLong(param.slice(end + 1))) return;
  const key = param.slice(0, end);
  const place = key === "source" ? `${at}/source` : `${at}/options`;
  throw planError(place, `${key} is longer than the 255 bytes that fsconfig(2) takes`);
}

function fileSystemParams(context: Context, fstype: string, data: string[]): string[] {
  if (fstype === "overlay") return overlayParams(data);
  if (fstype !== "devpts" || !makesUserNamespace(context)) return data;
  // an id that the namespace does not map is refused: then the terminals' group is the container's 0
  return data.filter(
    (word) =>
      !word.startsWith("gid=") || isMapped(Number(word.slice(4)), context.linux.gidMappings),
  );
}

function furtherPropagation({ at, target }: MountEntry, flags: number): InitOp {
  return setAttr(at, target, 0, 0, flags & ~MS_REC, (flags & MS_REC) !== 0);
}

function setAttr(
  at: string,
  path: string,
  set: number,
  clear: number,
  propagation: number,
  recursive: boolean,
): InitOp {
  return { op: "setMountAttr", at, path, set, clear, propagation, recursive };
}
