// Whether this process is in a user namespace of somebody. Effects through the host.

import type { Host } from "../host/host.ts";

/** PROC_USER_INIT_INO (linux/proc_ns.h): no other namespace gets this number. */
const OF_THE_MACHINE = "user:[4026531837]";

/** The machine's own user namespace, or one whose map has every id, is as good as none. */
export function isInUserNamespace(host: Host): boolean {
  if (host.readLink("/proc/self/ns/user") === OF_THE_MACHINE) return false;
  return !/^\s*0\s+0\s+4294967295\s*$/.test(host.readText("/proc/self/uid_map", 65_536).text);
}
