// `linux.memoryPolicy` -> set_mempolicy(2). Pure.
// Spec: config-linux.md#memory-policy

import { bitMask } from "./bit-mask.ts";
import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

/** linux/mempolicy.h, as are the flags. */
const MODES: ReadonlyMap<string, number> = new Map([
  ["MPOL_DEFAULT", 0],
  ["MPOL_PREFERRED", 1],
  ["MPOL_BIND", 2],
  ["MPOL_INTERLEAVE", 3],
  ["MPOL_LOCAL", 4],
  ["MPOL_PREFERRED_MANY", 5],
  ["MPOL_WEIGHTED_INTERLEAVE", 6],
]);

const FLAGS: ReadonlyMap<string, number> = new Map([
  ["MPOL_F_NUMA_BALANCING", 1 << 13],
  ["MPOL_F_RELATIVE_NODES", 1 << 14],
  ["MPOL_F_STATIC_NODES", 1 << 15],
]);

export function compileMemoryPolicy({ linux }: Context): InitOp[] {
  const { memoryPolicy } = linux;
  if (memoryPolicy === undefined) return [];
  let mode = MODES.get(memoryPolicy.mode) ?? 0;
  for (const flag of memoryPolicy.flags ?? []) mode |= FLAGS.get(flag) ?? 0;
  return [
    {
      op: "memoryPolicy",
      at: "/linux/memoryPolicy",
      mode,
      nodes: bitMask(memoryPolicy.nodes ?? ""),
    },
  ];
}
