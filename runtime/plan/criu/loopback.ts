// The loopback device of a restored network namespace -> a plan that brings it up. Pure.

import type { Context } from "../context.ts";
import { CLONE_NEWNET } from "../kernel.ts";
import { compileLoopback } from "../namespaces.ts";
import type { Plan } from "../ops.ts";

/** CRIU makes the namespace empty, for its devices are others' business; sockets on 127.0.0.1 need this one. */
export function loopbackPlan(context: Context, pid: number): Plan | undefined {
  const linkUp = compileLoopback(context);
  if (linkUp.length === 0) return undefined;
  const join = { at: "", kind: CLONE_NEWNET, path: `/proc/${pid}/ns/net` };
  return {
    before: [],
    fds: [],
    sandbox: { namespaces: 0, joins: [join], intoCgroup: "", preserveFds: 0 },
    after: [],
    init: [...linkUp, { op: "ready", at: "" }],
  };
}
