// Which kernel parameters a container may set: those that belong to a namespace it has. Pure.
// Spec: config-linux.md#sysctl; which are namespaced: namespaces(7) and the kernel's ctl_table roots

import { childPointer } from "../pointer.ts";
import { show } from "../problems.ts";
import type { Report } from "../rule.ts";
import type { Linux, NamespaceType } from "../types.ts";
import { addNamespace, namespaceOf } from "./namespaces.ts";

/** Names under /proc/sys by the namespace that owns them; a name that ends in "/" is a directory. */
const OWNERS: readonly (readonly [name: string, owner: NamespaceType])[] = [
  ["kernel/msgmax", "ipc"],
  ["kernel/msgmnb", "ipc"],
  ["kernel/msgmni", "ipc"],
  ["kernel/sem", "ipc"],
  ["kernel/shmall", "ipc"],
  ["kernel/shmmax", "ipc"],
  ["kernel/shmmni", "ipc"],
  ["kernel/shm_rmid_forced", "ipc"],
  ["fs/mqueue/", "ipc"],
  ["net/", "network"],
  ["kernel/domainname", "uts"],
  ["user/", "user"],
];

/**
 * The path under /proc/sys of a parameter's name, or null for a name that is none.
 * As in sysctl(8) the first separator decides: `net.ipv4.conf.eth0/1.mtu` is `net/ipv4/conf/eth0.1/mtu`.
 */
export function sysctlPath(name: string): string | null {
  const first = /[./]/.exec(name)?.[0];
  const path = first === "." ? name.replace(/[./]/g, (mark) => (mark === "." ? "/" : ".")) : name;
  const isPath = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  return isPath ? path : null;
}

export function checkSysctls(linux: Linux, report: Report): void {
  for (const name of Object.keys(linux.sysctl ?? {})) {
    const at = childPointer("/sysctl", name);
    const path = sysctlPath(name);
    if (path === null) report(at, `${show(name)} is not the name of a kernel parameter`);
    else checkOwner(linux, path, at, report);
  }
}

function checkOwner(linux: Linux, path: string, at: string, report: Report): void {
  if (path === "kernel/hostname") {
    report(at, "is what /hostname is for", "set /hostname instead");
    return;
  }
  const owner = OWNERS.find(([name]) =>
    name.endsWith("/") ? path.startsWith(name) : path === name,
  )?.[1];
  if (owner === undefined) report(at, "belongs to no namespace: it would change the host");
  else if (namespaceOf(linux, owner) === undefined) {
    report(at, `needs a${owner === "ipc" ? "n" : ""} ${owner} namespace`, addNamespace(owner));
  }
}
