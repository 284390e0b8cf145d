// `linux.namespaces` -> how the init is cloned, and what it must still enter itself. Pure.
// Spec: config-linux.md#namespaces, #offset-for-time-namespace

import type { Linux, NamespaceType, TimeOffset } from "../config/types.ts";
import type { Context, Namespaces } from "./context.ts";
import * as kernel from "./kernel.ts";
import type { InitOp, Join, Sandbox } from "./ops.ts";

export const NAMESPACE_FLAGS: ReadonlyMap<NamespaceType, number> = new Map([
  ["pid", kernel.CLONE_NEWPID],
  ["network", kernel.CLONE_NEWNET],
  ["mount", kernel.CLONE_NEWNS],
  ["ipc", kernel.CLONE_NEWIPC],
  ["uts", kernel.CLONE_NEWUTS],
  ["user", kernel.CLONE_NEWUSER],
  ["cgroup", kernel.CLONE_NEWCGROUP],
  ["time", kernel.CLONE_NEWTIME],
]);

export function namespacesOf(linux: Linux): Namespaces {
  let made = 0;
  let all = 0;
  const joins: Join[] = [];
  const pointers = new Map<number, string>();
  linux.namespaces?.forEach(({ type, path = "" }, index) => {
    const kind = NAMESPACE_FLAGS.get(type) ?? 0;
    const at = `/linux/namespaces/${index}`;
    all |= kind;
    pointers.set(kind, at);
    if (path === "") made |= kind;
    else if (kind === kernel.CLONE_NEWUSER) joins.unshift({ at, kind, path });
    else joins.push({ at, kind, path });
  });
  return { made, all, joins, at: pointers };
}

export function compileSandbox(context: Context): Sandbox {
  const { namespaces, options, cgroups } = context;
  // a time namespace wants its offsets before anyone is in it, a cgroup namespace the last cgroup: see compileLateNamespaces()
  const late = kernel.CLONE_NEWTIME | (unsharesCgroup(context) ? kernel.CLONE_NEWCGROUP : 0);
  return {
    namespaces: namespaces.made & ~late,
    joins: namespaces.joins,
    intoCgroup: cgroups.cloneInto,
    preserveFds: (options.listenFds ?? 0) + (options.preserveFds ?? 0),
  };
}

/** What can't be had by clone3(2): the init enters it once all else of its surroundings is right. */
export function compileLateNamespaces(context: Context): InitOp[] {
  const { made, at } = context.namespaces;
  const ops: InitOp[] = [];
  if (unsharesCgroup(context)) {
    const flags = kernel.CLONE_NEWCGROUP;
    ops.push({ op: "unshare", at: at.get(flags) ?? "", flags });
  }
  if ((made & kernel.CLONE_NEWTIME) !== 0) {
    const offsets = timeOffsets(context.linux.timeOffsets);
    ops.push({ op: "timeOffsets", at: at.get(kernel.CLONE_NEWTIME) ?? "", offsets });
  }
  return ops;
}

/** The namespace's root is where the init is when it is made: with v1 hierarchies it is moved after the clone. */
function unsharesCgroup({ namespaces, facts, cgroups }: Context): boolean {
  if ((namespaces.made & kernel.CLONE_NEWCGROUP) === 0) return false;
  return facts.cgroup.hierarchies.length > 0 || cgroups.cloneInto === "";
}

/** Lines "clock seconds nanoseconds" (time_namespaces(7)), at least one: the kernel takes no empty write. */
function timeOffsets(offsets: { readonly [clock: string]: TimeOffset } = {}): string {
  let text = "";
  for (const [clock, { secs = 0, nanosecs = 0 }] of Object.entries(offsets)) {
    text += `${clock} ${secs} ${nanosecs}\n`;
  }
  return text === "" ? "monotonic 0 0\n" : text;
}

/** "Bring up the loopback": only in a network namespace that is new. */
export function compileLoopback({ namespaces }: Context): InitOp[] {
  if ((namespaces.made & kernel.CLONE_NEWNET) === 0) return [];
  return [{ op: "linkUp", at: namespaces.at.get(kernel.CLONE_NEWNET) ?? "", name: "lo" }];
}
