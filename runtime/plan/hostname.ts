// `hostname` and `domainname` -> their operations. Pure.
// Spec: config.md#hostname, config.md#domainname

import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

export function compileHostNames({ config }: Context): InitOp[] {
  const { hostname = "", domainname = "" } = config;
  const ops: InitOp[] = [];
  if (hostname !== "") ops.push({ op: "hostname", at: "/hostname", name: hostname });
  if (domainname !== "") ops.push({ op: "domainname", at: "/domainname", name: domainname });
  return ops;
}
