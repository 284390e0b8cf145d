// Hands descriptors to whoever waits for them on a Unix socket, with the messages that runc sends. Effects through the host.

import type { Seccomp } from "../config/types.ts";
import { RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { ociState, type State } from "./state.ts";
import type { Status } from "./status.ts";
import { attempt } from "./syscall.ts";

/** The terminal's master, with the name that runc gives it; closes it here. */
export function deliverConsole(host: Host, socket: string, fd: number): void {
  send(host, `send the terminal to the console socket ${socket}`, socket, fd, "/dev/ptmx");
}

/** A pidfd, with runc's word for the kind of process: the container's first, or one of `exec`; it stays open here. */
export function deliverPidfd(
  host: Host,
  socket: string,
  fd: number,
  kind: "standard" | "setns" = "standard",
): void {
  attempt(`send the pidfd to the pidfd socket ${socket}`, () => host.sendFds(socket, [fd], kind));
}

/** The seccomp listener, to the agent that the config names; closes it here. Spec: config-linux.md#containerprocessstate */
export function deliverListener(
  host: Host,
  seccomp: Seccomp | undefined,
  state: State,
  fd: number,
  pid = state.pid,
  status: Status = "creating",
): void {
  const socket = seccomp?.listenerPath;
  if (socket === undefined) {
    host.closeFd(fd);
    throw new RuntimeError(
      "ERR_CONFIG",
      "linux.seccomp.listenerPath is needed for SCMP_ACT_NOTIFY",
      {
        at: "/linux/seccomp/listenerPath",
      },
    );
  }
  const message = JSON.stringify({
    ociVersion: state.ociVersion,
    fds: ["seccompFd"],
    pid,
    metadata: seccomp?.listenerMetadata ?? "",
    state: ociState(state, status),
  });
  send(host, `send the seccomp listener to ${socket}`, socket, fd, message);
}

function send(host: Host, what: string, socket: string, fd: number, text: string): void {
  try {
    attempt(what, () => host.sendFds(socket, [fd], text));
  } finally {
    host.closeFd(fd);
  }
}
