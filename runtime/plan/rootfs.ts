// `root` and `linux.rootfsPropagation` -> opening the root file system, making it the root, its last settings. Pure.
// Spec: config.md#root, config-linux.md#rootfs-mount-propagation

import type { Context } from "./context.ts";
import {
  ATTR_RDONLY,
  CLONE_NEWNS,
  MS_PRIVATE,
  MS_REC,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
} from "./kernel.ts";
import type { InitOp } from "./ops.ts";
import { planError } from "./problem.ts";

/** The spec's four words; runc takes the recursive ones too. */
const PROPAGATIONS: ReadonlyMap<string, { type: number; recursive: boolean }> = new Map([
  ["shared", { type: MS_SHARED, recursive: false }],
  ["rshared", { type: MS_SHARED, recursive: true }],
  ["slave", { type: MS_SLAVE, recursive: false }],
  ["rslave", { type: MS_SLAVE, recursive: true }],
  ["private", { type: MS_PRIVATE, recursive: false }],
  ["rprivate", { type: MS_PRIVATE, recursive: true }],
  ["unbindable", { type: MS_UNBINDABLE, recursive: false }],
  ["runbindable", { type: MS_UNBINDABLE, recursive: true }],
]);

const AT = "/linux/rootfsPropagation";

/** A mount namespace, made or joined: without one the container's mounts would be the caller's. */
export function hasMountNamespace({ namespaces }: Context): boolean {
  return (namespaces.all & CLONE_NEWNS) !== 0;
}

/**
 * How mounts of the host reach the new namespace and back while the container is set up. "shared" is of the root alone, as in
 * runc: with all of them shared what is mounted over a bound /sys would cover the very /sys that further binds come from.
 */
function hostPropagation({ linux }: Context): number {
  const { type = 0, recursive = true } = PROPAGATIONS.get(linux.rootfsPropagation ?? "") ?? {};
  if (type === MS_SHARED && !recursive) return MS_SHARED;
  // unbindable mounts could not be the source of anything: that word counts after the pivot only
  return MS_REC | (type === 0 || type === MS_UNBINDABLE ? MS_SLAVE : type);
}

/** Of a bind mount that has no word of its own: what the host's mounts became; 0 leaves it as its source is. */
export function bindPropagation(context: Context): number {
  const propagation = hostPropagation(context);
  return propagation === MS_SHARED ? 0 : propagation;
}

export function compileOpenRoot(context: Context): InitOp[] {
  const { rootfs, linux } = context;
  const source = rootfs;
  if (!hasMountNamespace(context)) return [{ op: "openSharedRoot", at: "/root/path", source }];
  const at = (linux.rootfsPropagation ?? "") === "" ? "" : AT;
  return [
    { op: "hostPropagation", at, propagation: hostPropagation(context) },
    { op: "openRoot", at: "/root/path", source },
  ];
}

export function compileEnterRoot(context: Context): InitOp[] {
  if (!hasMountNamespace(context)) return [{ op: "changeRoot", at: "/root/path" }];
  if (!context.options.noPivot) return [{ op: "pivotRoot", at: "/root/path" }];
  const { type } = PROPAGATIONS.get(context.linux.rootfsPropagation ?? "") ?? {};
  if (type === MS_PRIVATE) {
    throw planError(AT, "rootfsPropagation of [r]private is not safe without pivot_root");
  }
  return [{ op: "moveRoot", at: "/root/path" }];
}

/** After the pivot, which refuses a shared root: "shared", "slave" and "unbindable" are for the container's life. */
export function compileRootPropagation(context: Context): InitOp[] {
  const word = PROPAGATIONS.get(context.linux.rootfsPropagation ?? "");
  if (word === undefined || word.type === MS_PRIVATE || !hasMountNamespace(context)) return [];
  const { type: propagation, recursive } = word;
  return [{ op: "setMountAttr", at: AT, path: "/", set: 0, clear: 0, propagation, recursive }];
}

export function compileReadonlyRoot(context: Context): InitOp[] {
  if (context.config.root.readonly !== true || !hasMountNamespace(context)) return [];
  return [
    {
      op: "setMountAttr",
      at: "/root/readonly",
      path: "/",
      set: ATTR_RDONLY,
      clear: 0,
      propagation: 0,
      recursive: false,
    },
  ];
}
