// What the plan compiler needs to know of the host and of the caller's rights. Effects through the host.

import type { Host } from "../host/host.ts";
import { cgroupParents, hostPath } from "../plan/cgroup/path.ts";
import type { Facts } from "../plan/facts.ts";
import type { PlanOptions } from "../plan/options.ts";
import type { Context } from "./context.ts";
import { isInUserNamespace } from "./user-namespace.ts";

export function factsOf(host: Host): Facts {
  const facts = host.facts();
  if (!isInUserNamespace(host)) return facts;
  return {
    ...facts,
    inUserNamespace: true,
    deniesSetgroups: host.readText("/proc/self/setgroups", 16).text.startsWith("deny"),
    hasForeignMounts: facts.euid === 0 && !host.mayMount(),
  };
}

/** Whether cgroups that can't be written are to be expected. */
export function isRootless({ globals }: Pick<Context, "globals">, facts: Facts): boolean {
  if (globals.rootless !== "auto") return globals.rootless === "true";
  return facts.euid !== 0 || facts.inUserNamespace === true;
}

/** What cgroups can be had. */
export function cgroupRights(
  context: Pick<Context, "globals" | "host">,
  facts: Facts,
): Pick<PlanOptions, "isRootless" | "delegatedCgroups"> {
  if (!isRootless(context, facts)) return { isRootless: false };
  const parents = cgroupParents(facts.cgroup);
  const delegated = parents.filter((parent) => context.host.mayWrite(hostPath(parent)));
  return { isRootless: true, delegatedCgroups: delegated.map(({ root }) => root) };
}
