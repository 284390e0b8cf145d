// `linux.sysctl` -> writes beneath /proc/sys, through the container's own procfs. Pure.
// Spec: config-linux.md#sysctl

import { childPointer } from "../config/pointer.ts";
import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";
import { planError } from "./problem.ts";

export function compileSysctls({ linux }: Context): InitOp[] {
  if (linux.sysctl === undefined) return [];
  return Object.entries(linux.sysctl).map(([name, text]): InitOp => {
    const at = childPointer("/linux/sysctl", name);
    return { op: "writeProc", at, path: `sys/${sysctlPath(name, at)}`, text };
  });
}

/** sysctl.d(5): the first separator says which it is; "net.ipv4.conf.eth0/100.rp_filter" is about eth0.100. */
function sysctlPath(name: string, at: string): string {
  const dot = name.indexOf(".");
  const slash = name.indexOf("/");
  const isDotted = dot >= 0 && (slash < 0 || dot < slash);
  let path = name;
  if (isDotted) path = slash < 0 ? name.replaceAll(".", "/") : swapSeparators(name);
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw planError(at, `${JSON.stringify(name)} is not the name of a kernel parameter`);
  }
  return path;
}

function swapSeparators(name: string): string {
  return name
    .split("/")
    .map((part) => part.replaceAll(".", "/"))
    .join(".");
}
