// Whose the container's cgroup is: its user's, where it is to govern what is below. Pure.
// Spec: config-linux.md#cgroup-ownership

import type { Mount } from "../../config/types.ts";
import type { Context } from "../context.ts";
import { hostId, makesUserNamespace } from "../ids.ts";
import { CLONE_NEWCGROUP } from "../kernel.ts";
import type { HostOp } from "../ops.ts";

/** On cgroup2 alone: v1 can't be delegated safely, and half of a hybrid host is v1. */
export function compileOwnership(context: Context, at: string): HostOp[] {
  const { facts, cgroups, namespaces, config, linux } = context;
  const isNew = (namespaces.made & CLONE_NEWCGROUP) !== 0;
  if (facts.cgroup.mode !== "v2" || facts.euid !== 0 || !isNew) return [];
  if (!config.mounts?.some(isWritableCgroup)) return [];
  const { uid } = config.process.user;
  const owner = makesUserNamespace(context) ? hostId(uid, linux.uidMappings) : uid;
  // what root has made is root's already; the maps of a namespace that is joined are not known here
  if (owner === undefined || owner === 0) return [];
  return cgroups.targets.map(
    ({ root, path }): HostOp => ({ op: "ownCgroup", at, root, path, uid: owner }),
  );
}

function isWritableCgroup({ source, destination, options = [] }: Mount): boolean {
  return source === "cgroup" && destination === "/sys/fs/cgroup" && !options.includes("ro");
}
