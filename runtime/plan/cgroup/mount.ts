// A mount of type `cgroup` -> the container's view of its cgroups. Pure.
// Spec: config.md#mounts, config-linux.md#control-groups
//
// With a cgroup namespace of its own the hierarchies are mounted anew, rooted at the container; without one they are bound:
// a second mount of cgroup2 would change the options of the host's.

import type { Context } from "../context.ts";
import { ATTR_NODEV, ATTR_NOEXEC, ATTR_NOSUID, ATTR_RDONLY, CLONE_NEWCGROUP } from "../kernel.ts";
import { mountLabel } from "../labels.ts";
import type { MountEntry } from "../mount-entry.ts";
import type { InitOp } from "../ops.ts";
import { baseName } from "../paths.ts";
import { planError } from "../problem.ts";
import { bindPropagation } from "../rootfs.ts";
import { type CgroupTarget, hostPath } from "./path.ts";

const SAFE = ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;

export function compileCgroupMount(context: Context, entry: MountEntry, ops: InitOp[]): void {
  const { mode } = context.facts.cgroup;
  if (mode === "none") throw planError(entry.at, "this host has no cgroups mounted");
  const unified = hierarchiesOf(context).find(({ version }) => version === 2);
  if (mode !== "v2" && entry.mount.type === "cgroup") hierarchies(context, entry, ops);
  else if (unified === undefined) throw planError(entry.at, "this host has no cgroup v2");
  else ops.push(unifiedView(context, entry, unified));
}

/** The whole of v2 on the target. Without a namespace the host's tree, for the paths that the program reads name it. */
function unifiedView(context: Context, entry: MountEntry, { root }: CgroupTarget): InitOp {
  const { at, mount, options, target } = entry;
  const attrs = options.set | options.recursiveSet;
  if (!hasCgroupNamespace(context)) return bind(context, entry, root, target, attrs, false);
  const params = [`source=${mount.source ?? "cgroup"}`, ...options.superblock, ...options.data];
  const propagation = options.propagations[0] ?? 0;
  return {
    op: "mountFs",
    at,
    target,
    fstype: "cgroup2",
    params,
    attrs,
    propagation,
    copyUp: false,
  };
}

/** v1 and hybrid: a directory a hierarchy on a tmpfs, as on the host, and links for those mounted together. */
function hierarchies(context: Context, entry: MountEntry, ops: InitOp[]): void {
  const { at, options, target } = entry;
  const label = mountLabel(context);
  const params = ["source=tmpfs", "mode=755", ...(label === "" ? [] : [`context=${label}`])];
  const propagation = options.propagations[0] ?? 0;
  ops.push({
    op: "mountFs",
    at,
    target,
    fstype: "tmpfs",
    params,
    attrs: SAFE,
    propagation,
    copyUp: false,
  });
  for (const hierarchy of hierarchiesOf(context)) {
    ops.push(hierarchyView(context, entry, hierarchy));
    const name = baseName(hierarchy.root);
    if (!name.includes(",")) continue;
    for (const each of name.split(",")) {
      ops.push({ op: "symlink", at, path: `${target}/${each}`, target: name, replace: false });
    }
  }
  const isReadonly = ((options.set | options.recursiveSet) & ATTR_RDONLY) !== 0;
  if (!isReadonly) return;
  ops.push({
    op: "setMountAttr",
    at,
    path: target,
    set: ATTR_RDONLY,
    clear: 0,
    propagation: 0,
    recursive: false,
  });
}

function hierarchiesOf({ cgroups: { targets, shared } }: Context): readonly CgroupTarget[] {
  return shared.length === 0 ? targets : [...shared, ...targets];
}

function hierarchyView(context: Context, entry: MountEntry, hierarchy: CgroupTarget): InitOp {
  const { at, options } = entry;
  const { version, root, controllers } = hierarchy;
  const target = `${entry.target}/${baseName(root)}`;
  const attrs = SAFE | options.set | options.recursiveSet;
  if (!hasCgroupNamespace(context)) {
    return bind(context, entry, hostPath(hierarchy), target, attrs, true);
  }
  const fstype = version === 2 ? "cgroup2" : "cgroup";
  const isNamed = controllers.some((name) => name.startsWith("name="));
  const params = ["source=cgroup"];
  if (version === 1) params.push(...(isNamed ? ["none"] : []), ...controllers);
  return { op: "mountFs", at, target, fstype, params, attrs, propagation: 0, copyUp: false };
}

function bind(
  context: Context,
  { at, options }: MountEntry,
  source: string,
  target: string,
  set: number,
  recursive: boolean,
): InitOp {
  return {
    op: "mountBind",
    at,
    target,
    source,
    fd: -1,
    recursive,
    set,
    clear: 0,
    recursiveSet: 0,
    recursiveClear: 0,
    propagation: options.propagations[0] ?? bindPropagation(context),
  };
}

/** Made or joined. */
function hasCgroupNamespace({ namespaces }: Context): boolean {
  return (namespaces.all & CLONE_NEWCGROUP) !== 0;
}
