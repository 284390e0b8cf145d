// `linux.netDevices` -> devices that move into the container's network namespace. Pure.
// Spec: config-linux.md#network-devices

import { childPointer } from "../config/pointer.ts";
import type { Context } from "./context.ts";
import { CLONE_NEWNET } from "./kernel.ts";
import type { HostOp } from "./ops.ts";
import { planError } from "./problem.ts";

export function compileNetDevices({ linux, facts, namespaces }: Context): HostOp[] {
  const devices = Object.entries(linux.netDevices ?? {});
  if (devices.length > 0 && facts.euid !== 0) {
    throw planError(
      "/linux/netDevices",
      "network devices are not supported for rootless containers",
    );
  }
  const joined = namespaces.joins.find(({ kind }) => kind === CLONE_NEWNET)?.path ?? "";
  return devices.map(([name, { name: newName = "" }]): HostOp => {
    const at = childPointer("/linux/netDevices", name);
    return { op: "moveNetDevice", at, name, newName, joined };
  });
}
