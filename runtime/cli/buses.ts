// The environment -> the sockets through which a service manager is reached, the best first. Pure.
// Source: the D-Bus specification, "Server Addresses"; sd_bus_default(3)

import type { Env } from "../host/host.ts";
import type { BusSocket } from "../plan/ops.ts";

const SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket";

/** Where systemd itself listens: for when there is no bus, or not yet. */
const SYSTEM_PRIVATE = "/run/systemd/private";

export function systemSockets(env: Env): BusSocket[] {
  const buses = socketsOf(env("DBUS_SYSTEM_BUS_ADDRESS") || SYSTEM_BUS, env);
  return [...buses, { path: SYSTEM_PRIVATE, isDirect: true }];
}

/** Empty when the environment says nothing of a session. */
export function userSockets(env: Env): BusSocket[] {
  const runtimeDir = env("XDG_RUNTIME_DIR") || undefined;
  const address = env("DBUS_SESSION_BUS_ADDRESS") || "unix:runtime=yes";
  const buses = socketsOf(address, env);
  if (runtimeDir === undefined) return buses;
  return [...buses, { path: `${runtimeDir}/systemd/private`, isDirect: true }];
}

/** The Unix sockets of a list of addresses; other transports lead to other machines. */
function socketsOf(addresses: string, env: Env): BusSocket[] {
  return addresses.split(";").flatMap((address) => {
    const path = pathOf(address, env);
    return path === undefined ? [] : [{ path, isDirect: false }];
  });
}

/** `unix:path=/run/bus,guid=0123` */
function pathOf(address: string, env: Env): string | undefined {
  const [transport = "", ...rest] = address.split(":");
  if (transport !== "unix") return undefined;
  const keys = new Map(
    rest
      .join(":")
      .split(",")
      .map((pair) => {
        const cut = pair.indexOf("=");
        return [pair.slice(0, Math.max(cut, 0)), unescaped(pair.slice(cut + 1))] as const;
      }),
  );
  const abstract = keys.get("abstract");
  if (abstract !== undefined) return `@${abstract}`;
  const runtimeDir = env("XDG_RUNTIME_DIR") || undefined;
  if (keys.get("runtime") === "yes") return runtimeDir && `${runtimeDir}/bus`;
  return keys.get("path");
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
