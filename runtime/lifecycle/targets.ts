// The cgroups that the state names, with what each hierarchy controls. Pure.

import { RuntimeError } from "../errors.ts";
import type { Facts } from "../host/host.ts";
import type { CgroupTarget } from "../plan/cgroup/path.ts";
import type { State } from "./state.ts";

/** v1 hierarchies in the order of the host, the unified one last. */
export function targetsOf({ id, cgroups }: State, { cgroup }: Facts): CgroupTarget[] {
  const targets: CgroupTarget[] = [];
  const add = (version: 1 | 2, root: string, controllers: readonly string[]): void => {
    const found = cgroups.find((one) => one.root === root);
    if (found !== undefined) targets.push({ version, root, path: found.path, controllers });
  };
  for (const { root, controllers } of cgroup.hierarchies) add(1, root, controllers);
  if (cgroup.unified) add(2, cgroup.unified.root, cgroup.unified.controllers);
  if (targets.length > 0) return targets;
  throw new RuntimeError("ERR_STATE", `container ${id} has no cgroup of its own`, {
    hint: "it was created without one; give it a linux.cgroupsPath that is delegated to its user",
  });
}
