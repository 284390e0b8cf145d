// What the plan compiler needs to know of the host. Effects through the host.

import type { Host } from "../host/host.ts";
import type { Facts } from "../plan/facts.ts";
import type { Context } from "./context.ts";

export function factsOf(host: Host): Facts {
  return { ...host.facts(), inUserNamespace: isInUserNamespace(host) };
}

/** The machine's own user namespace is the only one whose map has every id. */
export function isInUserNamespace(host: Host): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(host.readText("/proc/self/uid_map", 65_536).text);
}

/** Whether cgroups that can't be written are to be expected. */
export function isRootless({ globals }: Pick<Context, "globals">, facts: Facts): boolean {
  if (globals.rootless !== "auto") return globals.rootless === "true";
  return facts.euid !== 0 || facts.inUserNamespace === true;
}
