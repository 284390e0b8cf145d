// User namespace mappings -> id maps on the host, and the init's step to their user 0. Pure.
// Spec: config-linux.md#user-namespace-mappings

import type { IdMapping } from "../config/types.ts";
import type { Context } from "./context.ts";
import { CLONE_NEWUSER } from "./kernel.ts";
import type { HostOp, InitOp } from "./ops.ts";
import { planError } from "./problem.ts";

/** user_namespaces(7): lines of a map, and bytes of the one write(2) that sets it, which must be less than a page. */
const [MAX_RANGES, MAX_BYTES] = [340, 4095];

/** Lines "inside outside length"; `at` is where the mappings are from. */
export function mapText(mappings: readonly IdMapping[] = [], at: string): string {
  let text = "";
  for (const { containerID, hostID, size } of mappings)
    text += `${containerID} ${hostID} ${size}\n`;
  if (mappings.length <= MAX_RANGES && text.length <= MAX_BYTES) return text;
  const what = `${mappings.length} ranges (${text.length} bytes) are more than the kernel takes`;
  throw planError(at, what, `${MAX_RANGES} in ${MAX_BYTES} bytes is the most: join some`);
}

export function isMapped(id: number, mappings: readonly IdMapping[] = []): boolean {
  return mappings.some(({ containerID, size }) => id >= containerID && id < containerID + size);
}

/** What the id is outside; undefined for one that is not mapped. */
export function hostId(id: number, mappings: readonly IdMapping[] = []): number | undefined {
  const found = mappings.find(
    ({ containerID, size }) => id >= containerID && id < containerID + size,
  );
  return found && found.hostID + id - found.containerID;
}

export function makesUserNamespace({ namespaces }: Context): boolean {
  return (namespaces.made & CLONE_NEWUSER) !== 0;
}

export function hasUserNamespace({ namespaces }: Context): boolean {
  return (namespaces.all & CLONE_NEWUSER) !== 0;
}

/** The kernel refuses setgroups(2) for good where an unprivileged user wrote the group map without help. */
export function deniesSetgroups(context: Context): boolean {
  if (context.facts.deniesSetgroups === true) return true;
  return makesUserNamespace(context) && context.facts.euid !== 0 && !needsHelpers(context);
}

export function compileIdMaps(context: Context): HostOp[] {
  if (!makesUserNamespace(context)) return [];
  const { uidMappings, gidMappings } = context.linux;
  // without a user 0 nobody could set the container up
  if (!isMapped(0, uidMappings))
    throw planError("/linux/uidMappings", "must map user 0 of the container");
  if (!isMapped(0, gidMappings))
    throw planError("/linux/gidMappings", "must map group 0 of the container");
  return [
    {
      op: "idMaps",
      at: "/linux/uidMappings",
      uid: mapText(uidMappings, "/linux/uidMappings"),
      gid: mapText(gidMappings, "/linux/gidMappings"),
      denySetgroups: deniesSetgroups(context),
      helpers: needsHelpers(context),
    },
  ];
}

export function compileBecomeRoot(context: Context): InitOp[] {
  if (!hasUserNamespace(context)) return [];
  const at = context.namespaces.at.get(CLONE_NEWUSER) ?? "";
  const isJoined = !makesUserNamespace(context);
  return [{ op: "becomeRoot", at }, ...(isJoined ? compileProbeGroups(context) : [])];
}

/** What others made may deny setgroups(2). To be asked before a filter could answer. */
export function compileProbeGroups(context: Context): InitOp[] {
  if (!hasUserNamespace(context) || deniesSetgroups(context)) return [];
  return [{ op: "probeGroups", at: "/process/user" }];
}

/** Without privileges the kernel takes one line for oneself; anything more goes through newuidmap(1). */
function needsHelpers({ facts, linux }: Context): boolean {
  if (facts.euid === 0) return false;
  return !isOwn(linux.uidMappings, facts.euid) || !isOwn(linux.gidMappings, facts.egid);
}

function isOwn(mappings: readonly IdMapping[] = [], own: number): boolean {
  return mappings.length === 1 && mappings[0]?.hostID === own && mappings[0].size === 1;
}
