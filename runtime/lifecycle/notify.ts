// NOTIFY_SOCKET (sd_notify(3)): a directory with a socket of our own for the container. Effects through the host.

import type { Host, Notify } from "../host/host.ts";
import { attempt } from "./syscall.ts";

/** The plan mounts it into the container, so it must be there before the init is. */
export function makeNotifyDirectory(host: Host, directory: string): void {
  attempt(`make ${directory}`, () => host.makeDir(directory, 0o755));
}

/** Must be bound before the program runs; `manager` is the caller's NOTIFY_SOCKET. */
export function bindNotify(host: Host, directory: string, manager: string): Notify {
  return attempt("listen for the container's readiness", () => {
    return new host.Notify(`${directory}/notify.sock`, manager);
  });
}
