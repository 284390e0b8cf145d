// The systemd cgroup driver for this caller: of the machine's service manager, or of the caller's own. Effects through
// the host.

import { RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { attempt } from "../lifecycle/syscall.ts";
import { systemdDriver, TIMEOUT_MS } from "../plan/cgroup/systemd/driver.ts";
import type { UnitDriver } from "../plan/driver.ts";
import type { BusSocket } from "../plan/ops.ts";
import { systemSockets, userSockets } from "./buses.ts";
import type { Context } from "./context.ts";
import { isInUserNamespace } from "./user-namespace.ts";

/** @throws RuntimeError when systemd does not run here, or does not answer */
export function systemdOf(context: Context): UnitDriver {
  const { host, env } = context;
  // as sd_booted(3)
  if (!host.exists("/run/systemd/system")) {
    throw new RuntimeError(
      "ERR_USAGE",
      "systemd cgroup flag passed, but systemd support for managing cgroups is not available",
      {
        hint: "systemd does not run this machine: set the engine's cgroup driver to cgroupfs",
      },
    );
  }
  const isUser = isUsers(context);
  const bus = isUser ? sessionOf(context) : systemSockets(env);
  const { version, controlGroup } = ask(host, bus, isUser);
  return systemdDriver({ bus, isUser, version: versionNumber(version), controlGroup });
}

function sessionOf({ env }: Context): BusSocket[] {
  const sockets = userSockets(env);
  if (sockets.length > 0) return sockets;
  throw new RuntimeError(
    "ERR_USAGE",
    "cannot find the user's systemd: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set",
    {
      hint: "log in to a session of its own (not by su or sudo), with dbus-user-session installed",
    },
  );
}

function ask(host: Host, bus: BusSocket[], isUser: boolean): ReturnType<Host["serviceManager"]> {
  const whose = isUser ? "the user's systemd" : "systemd";
  const names = bus.map(({ path }) => path).join(" or ");
  return attempt(`reach ${whose} at ${names}`, () => host.serviceManager(bus, TIMEOUT_MS));
}

/** Root of a user namespace may be root of a whole system in there, or an ordinary user outside. */
function isUsers({ host, env, globals }: Context): boolean {
  if (globals.rootless !== "auto") return globals.rootless === "true";
  if (host.facts().euid !== 0) return true;
  if (!isInUserNamespace(host)) return false;
  const session = userSockets(env);
  try {
    return session.length > 0 && host.serviceManager(session, TIMEOUT_MS).owner !== 0;
  } catch {
    return false;
  }
}

/** `v252.39-1~deb12u2`, with or without the letter. */
function versionNumber(version: string): number {
  return Number(/\d+/.exec(version)?.[0] ?? 0);
}
