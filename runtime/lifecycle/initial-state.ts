// Config, plan and facts -> the state that is written before the first side effect. Pure.

import { SPEC_VERSION } from "../config/spec-version.ts";
import type { Config } from "../config/types.ts";
import type { Plan } from "../host/host.ts";
import type { Compiled } from "../plan/compile.ts";
import { absolutePath } from "../store/paths.ts";
import type { State } from "./state.ts";
import { type Step, stepOf } from "./syscall-error.ts";

/** What a new container is made of. */
export interface Blueprint {
  readonly id: string;
  /** Absolute. */
  readonly bundle: string;
  readonly config: Config;
  readonly compiled: Compiled;
  /** User id of whoever creates it. */
  readonly owner: number;
  /** The time of now, RFC 3339. */
  readonly now: string;
  /** Directory of the notify socket, if there is one. */
  readonly notify?: string;
}

export function initialState(blueprint: Blueprint): State {
  const { config, compiled } = blueprint;
  const { freezer, processes } = compiled;
  const late = lateSteps(compiled.plan);
  return {
    version: 1,
    ociVersion: SPEC_VERSION,
    id: blueprint.id,
    bundle: blueprint.bundle,
    rootfs: absolutePath(config.root.path, () => blueprint.bundle),
    created: blueprint.now,
    ...(config.annotations !== undefined && { annotations: config.annotations }),
    owner: blueprint.owner,
    isReady: false,
    hasPidNamespace: hasPidNamespace(config),
    cgroups: [...compiled.cgroups, ...compiled.resctrlGroups],
    ...(processes !== undefined && { processes }),
    ...(freezer !== undefined && { freezer }),
    ...(config.hooks?.poststart !== undefined && { poststart: config.hooks.poststart }),
    ...(config.hooks?.poststop !== undefined && { poststop: config.hooks.poststop }),
    ...(late !== undefined && { late }),
    ...(compiled.unit !== undefined && { unit: compiled.unit }),
    ...(!compiled.plan.init.some(({ op }) => op === "joinKeyring") && { hasNoKeyring: true }),
    ...(blueprint.notify !== undefined && { notify: blueprint.notify }),
  };
}

/** Whether the container has a pid namespace of its own: killing its first process ends all others then. */
function hasPidNamespace(config: Config): boolean {
  const namespaces = config.linux?.namespaces ?? [];
  return namespaces.some(({ type, path }) => type === "pid" && (path ?? "") === "");
}

/** The steps that a created container's init still has to do, for the messages of `start`. */
function lateSteps(plan: Plan): { first: number; steps: Step[] } | undefined {
  const wait = plan.init.findIndex(({ op }) => op === "waitStart");
  if (wait < 0) return undefined;
  return { first: wait, steps: plan.init.slice(wait).flatMap((op) => stepOf(op) ?? []) };
}
