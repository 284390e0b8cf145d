// `linux.netDevices` -> devices that move into the container's network namespace. Pure.
// Spec: config-linux.md#network-devices

import { childPointer } from "../config/pointer.ts";
import type { Context } from "./context.ts";
import type { HostOp } from "./ops.ts";
import { planError } from "./problem.ts";

export function compileNetDevices({ linux, facts }: Context): HostOp[] {
  const devices = Object.entries(linux.netDevices ?? {});
  if (devices.length > 0 && facts.euid !== 0) {
    throw planError(
      "/linux/netDevices",
      "network devices are not supported for rootless containers",
    );
  }
  return devices.map(([name, { name: newName = "" }]): HostOp => {
    return { op: "moveNetDevice", at: childPointer("/linux/netDevices", name), name, newName };
  });
}
