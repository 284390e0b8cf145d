// Whether this process is in a user namespace of somebody. Effects through the host.

import type { Host } from "../host/host.ts";

/** The machine's own user namespace is the only one whose map has every id. */
export function isInUserNamespace(host: Host): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(host.readText("/proc/self/uid_map", 65_536).text);
}
