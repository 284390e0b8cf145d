// The words of `mounts[].options` and what each does. Pure.
// Spec: config.md#linux-mount-options
//
// Per-mount words become attributes, those of the superblock become fsconfig(2) flags, all others are the file system's own.

import * as kernel from "./kernel.ts";

export interface MountOptions {
  /** `bind` or `rbind`. */
  isBind: boolean;
  isRecursive: boolean;
  isRemount: boolean;
  isCopiedUp: boolean;
  /** `idmap` and `ridmap`; the latter maps what is mounted below too. */
  isMapped: boolean;
  isMappedBelow: boolean;
  /** `MOUNT_ATTR_*` bits for the mount, and for all below it. */
  set: number;
  clear: number;
  recursiveSet: number;
  recursiveClear: number;
  /** `MS_*`, in the order given. */
  propagations: number[];
  /** fsconfig flags of the superblock. */
  superblock: string[];
  /** `key=value` or `key`, for the file system. */
  data: string[];
}

type Action =
  | { readonly kind: "attr"; readonly set: number; readonly clear: number }
  | { readonly kind: "recursive"; readonly set: number; readonly clear: number }
  | { readonly kind: "propagation"; readonly flags: number }
  | { readonly kind: "superblock"; readonly flag: string; readonly isOn: boolean }
  /** Takes back a word before it, without a say of its own in how the source was mounted. */
  | { readonly kind: "undo"; readonly set: number }
  | { readonly kind: "mark"; readonly options: Partial<MountOptions> };

const on = (bit: number): Action => ({ kind: "attr", set: bit, clear: 0 });
const off = (bit: number): Action => ({ kind: "attr", set: 0, clear: bit });
const atime = (value: number): Action => ({ kind: "attr", set: value, clear: kernel.ATTR_ATIME });
const allOn = (bit: number): Action => ({ kind: "recursive", set: bit, clear: 0 });
const allOff = (bit: number): Action => ({ kind: "recursive", set: 0, clear: bit });
const allAtime = (value: number): Action => ({
  kind: "recursive",
  set: value,
  clear: kernel.ATTR_ATIME,
});
const propagation = (flags: number): Action => ({ kind: "propagation", flags });
const flagOn = (flag: string): Action => ({ kind: "superblock", flag, isOn: true });
const flagOff = (flag: string): Action => ({ kind: "superblock", flag, isOn: false });
const mark = (options: Partial<MountOptions>): Action => ({ kind: "mark", options });
/** Words that mean what is the case anyway, or that no file system of today heeds. */
const nothing: Action = mark({});

export const MOUNT_OPTIONS: ReadonlyMap<string, Action> = new Map([
  ["async", flagOff("sync")],
  ["atime", atime(0)],
  ["bind", mark({ isBind: true })],
  ["defaults", nothing],
  ["dev", off(kernel.ATTR_NODEV)],
  ["diratime", off(kernel.ATTR_NODIRATIME)],
  ["dirsync", flagOn("dirsync")],
  ["exec", off(kernel.ATTR_NOEXEC)],
  ["iversion", nothing],
  ["lazytime", flagOn("lazytime")],
  ["loud", nothing],
  ["mand", flagOn("mand")],
  ["noatime", atime(kernel.ATTR_NOATIME)],
  ["nodev", on(kernel.ATTR_NODEV)],
  ["nodiratime", on(kernel.ATTR_NODIRATIME)],
  ["noexec", on(kernel.ATTR_NOEXEC)],
  ["noiversion", nothing],
  ["nolazytime", flagOff("lazytime")],
  ["nomand", flagOff("mand")],
  ["norelatime", nothing],
  ["nostrictatime", { kind: "undo", set: kernel.ATTR_STRICTATIME }],
  ["nosuid", on(kernel.ATTR_NOSUID)],
  ["nosymfollow", on(kernel.ATTR_NOSYMFOLLOW)],
  ["rbind", mark({ isBind: true, isRecursive: true })],
  ["relatime", atime(0)],
  ["remount", mark({ isRemount: true })],
  ["ro", on(kernel.ATTR_RDONLY)],
  ["rw", off(kernel.ATTR_RDONLY)],
  ["silent", nothing],
  ["strictatime", atime(kernel.ATTR_STRICTATIME)],
  ["suid", off(kernel.ATTR_NOSUID)],
  ["symfollow", off(kernel.ATTR_NOSYMFOLLOW)],
  ["sync", flagOn("sync")],

  ["rro", allOn(kernel.ATTR_RDONLY)],
  ["rrw", allOff(kernel.ATTR_RDONLY)],
  ["rnosuid", allOn(kernel.ATTR_NOSUID)],
  ["rsuid", allOff(kernel.ATTR_NOSUID)],
  ["rnodev", allOn(kernel.ATTR_NODEV)],
  ["rdev", allOff(kernel.ATTR_NODEV)],
  ["rnoexec", allOn(kernel.ATTR_NOEXEC)],
  ["rexec", allOff(kernel.ATTR_NOEXEC)],
  ["rnodiratime", allOn(kernel.ATTR_NODIRATIME)],
  ["rdiratime", allOff(kernel.ATTR_NODIRATIME)],
  ["rrelatime", allAtime(0)],
  ["rnorelatime", allAtime(0)],
  ["rnoatime", allAtime(kernel.ATTR_NOATIME)],
  ["ratime", allAtime(0)],
  ["rstrictatime", allAtime(kernel.ATTR_STRICTATIME)],
  ["rnostrictatime", allAtime(0)],
  ["rnosymfollow", allOn(kernel.ATTR_NOSYMFOLLOW)],
  ["rsymfollow", allOff(kernel.ATTR_NOSYMFOLLOW)],

  ["private", propagation(kernel.MS_PRIVATE)],
  ["rprivate", propagation(kernel.MS_PRIVATE | kernel.MS_REC)],
  ["slave", propagation(kernel.MS_SLAVE)],
  ["rslave", propagation(kernel.MS_SLAVE | kernel.MS_REC)],
  ["shared", propagation(kernel.MS_SHARED)],
  ["rshared", propagation(kernel.MS_SHARED | kernel.MS_REC)],
  ["unbindable", propagation(kernel.MS_UNBINDABLE)],
  ["runbindable", propagation(kernel.MS_UNBINDABLE | kernel.MS_REC)],

  ["tmpcopyup", mark({ isCopiedUp: true })],
  ["idmap", mark({ isMapped: true })],
  ["ridmap", mark({ isMapped: true, isMappedBelow: true })],
]);

/** The labels of SELinux have commas of their own. */
const LABEL_OPTIONS = ["context=", "fscontext=", "defcontext=", "rootcontext="];

/** A later word undoes an earlier one of the same matter. */
export function parseMountOptions(words: readonly string[] = []): MountOptions {
  const options: MountOptions = {
    isBind: false,
    isRecursive: false,
    isRemount: false,
    isCopiedUp: false,
    isMapped: false,
    isMappedBelow: false,
    set: 0,
    clear: 0,
    recursiveSet: 0,
    recursiveClear: 0,
    propagations: [],
    superblock: [],
    data: [],
  };
  for (const word of words) {
    const action = MOUNT_OPTIONS.get(word);
    if (action === undefined) addData(options.data, word);
    else applyAction(options, action);
  }
  return options;
}

function applyAction(options: MountOptions, action: Action): void {
  switch (action.kind) {
    case "attr":
      // the bits of a field are all cleared before some of them are set
      options.set = (options.set & ~action.clear) | action.set;
      options.clear = (options.clear & ~action.set) | action.clear;
      return;
    case "recursive":
      options.recursiveSet = (options.recursiveSet & ~action.clear) | action.set;
      options.recursiveClear = (options.recursiveClear & ~action.set) | action.clear;
      return;
    case "propagation":
      options.propagations.push(action.flags);
      return;
    case "superblock":
      options.superblock = options.superblock.filter((flag) => flag !== action.flag);
      if (action.isOn) options.superblock.push(action.flag);
      return;
    case "undo":
      options.set &= ~action.set;
      return;
    case "mark":
      Object.assign(options, action.options);
      return;
    default:
      action satisfies never;
  }
}

/** mount(2) takes all options as one text with commas, so "mode=755,size=1m" is two of them. */
function addData(data: string[], word: string): void {
  if (word === "") return;
  if (!word.includes(",") || LABEL_OPTIONS.some((label) => word.startsWith(label))) data.push(word);
  else data.push(...word.split(",").filter((part) => part !== ""));
}
