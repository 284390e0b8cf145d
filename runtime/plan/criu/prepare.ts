// The places that a restored container's mounts need -> a plan that makes them, as creation would. Pure.
//
// CRIU mounts, but makes no mount points. The plan mounts for real, in a mount namespace that ends with it: so a place beneath
// another mount is made in that mount, by the same code that creation trusts with the paths of a container.

import { compileNotifyMount } from "../bind-mounts.ts";
import type { Context } from "../context.ts";
import { compileDevices } from "../devices.ts";
import { CLONE_NEWNS } from "../kernel.ts";
import { compileMounts } from "../mounts.ts";
import type { InitOp, Plan } from "../ops.ts";
import { compileOpenRoot } from "../rootfs.ts";

/** Undefined where the container has no mounts of its own. */
export function preparePlan(context: Context): Plan | undefined {
  if ((context.namespaces.made & CLONE_NEWNS) === 0) return undefined;
  const mounts = compileMounts(context);
  // cgroups: either of the images, or beneath /sys, where places need not be made
  const isCgroup = cgroupPointers(context);
  const init: InitOp[] = [
    ...compileOpenRoot(context),
    ...mounts.ops.filter(({ at }) => !isCgroup.has(at)).flatMap(placeOf),
    ...compileNotifyMount(context),
    ...(mounts.hasForeignDev ? [] : compileDevices(context)),
    { op: "ready", at: "" },
  ];
  return {
    before: [],
    fds: context.fds,
    sandbox: { namespaces: CLONE_NEWNS, joins: [], intoCgroup: "", preserveFds: 0 },
    after: [],
    init,
  };
}

function cgroupPointers({ config }: Context): Set<string> {
  const pointers = new Set<string>();
  config.mounts?.forEach(({ type }, index) => {
    if (type === "cgroup" || type === "cgroup2") pointers.add(`/mounts/${index}`);
  });
  return pointers;
}

/** A bind mount or tmpfs may have further places in it; of other file systems only the place counts. */
function placeOf(op: InitOp): InitOp[] {
  switch (op.op) {
    case "mountBind":
      return [op];
    case "mountFs":
      if (op.fstype === "tmpfs") return [{ ...op, copyUp: false }];
      return [{ op: "makeDirectory", at: op.at, path: op.target }];
    default:
      return [];
  }
}
