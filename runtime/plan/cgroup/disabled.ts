// No cgroups at all: the container stays in its caller's, as after crun's `--cgroup-manager disabled`. Pure.

import type { Context } from "../context.ts";
import type { CgroupDriver } from "../driver.ts";
import { planError } from "../problem.ts";
import { compileLimits } from "./limits.ts";
import { cgroupLayout, cgroupParents } from "./path.ts";

export const disabledDriver: CgroupDriver = {
  layout: (_linux, { cgroup }) => ({
    targets: [],
    shared: cgroupParents(cgroup).map((parent) => ({ ...parent, path: parent.own })),
    cloneInto: "",
  }),
  compile: (context) => {
    refuseLimits(context);
    return { before: [], after: [], meanwhile: [], init: [] };
  },
};

/** Device rules are in every engine's config, and are no limit that anybody asked for. */
function refuseLimits({ linux, facts, options }: Context): void {
  const { before, after } = compileLimits(
    linux.resources ?? {},
    cgroupLayout(linux, facts, options),
    [],
  );
  const [limit] = [...before, ...after];
  if (limit === undefined) return;
  const hint = "leave it out, or choose another cgroup manager";
  throw planError(limit.at, "cannot be set with --cgroup-manager disabled", hint);
}
