// What the tests of this folder share. For tests only.

import type { UnitProperty } from "../../ops.ts";
import type { ServiceManager } from "./driver.ts";

export const MANAGER: ServiceManager = {
  bus: [{ path: "/run/dbus/system_bus_socket", isDirect: false }],
  version: 252,
  controlGroup: "",
  isUser: false,
};

export const USER_MANAGER: ServiceManager = {
  ...MANAGER,
  bus: [{ path: "/run/user/1000/bus", isDirect: false }],
  controlGroup: "/user.slice/user-1000.slice/user@1000.service",
  isUser: true,
};

/** `TasksMax=5`, one a property. */
export function told(properties: readonly UnitProperty[]): string[] {
  return properties.map((property) => {
    const { type, name } = property;
    if (type === "pairs") {
      const pairs = property.keys.map((key, index) => `${key} ${property.values[index]}`);
      return `${name}=${pairs.join(", ")}`;
    }
    return `${name}=${type === "bytes" ? [...property.value].join() : property.value}`;
  });
}
