// `process.rlimits` -> setrlimit(2) in the init, and leave to raise them where only the host has it. Pure.
// Spec: config.md#posix-process

import { RLIMIT_TYPES } from "../../schemas/names.ts";
import type { Context } from "./context.ts";
import { hasUserNamespace } from "./ids.ts";
import type { HostOp, InitOp } from "./ops.ts";

/** mips numbers five of them otherwise (asm/resource.h). */
const MIPS_NUMBERS: ReadonlyMap<string, number> = new Map([
  ["RLIMIT_NOFILE", 5],
  ["RLIMIT_AS", 6],
  ["RLIMIT_RSS", 7],
  ["RLIMIT_NPROC", 8],
  ["RLIMIT_MEMLOCK", 9],
]);

export function compileRlimits(context: Context): InitOp[] {
  return (context.config.process.rlimits ?? []).map(({ type, soft, hard }, index): InitOp => {
    const resource = numberOf(type, context.facts.arch);
    return { op: "rlimit", at: `/process/rlimits/${index}`, resource, soft, hard };
  });
}

/** A root of a user namespace may not raise a hard limit; the host does it, and the init sets the exact values later. */
export function compileRaisedRlimits(context: Context): HostOp[] {
  if (!hasUserNamespace(context) || context.facts.euid !== 0) return [];
  return (context.config.process.rlimits ?? []).map(({ type, hard }, index): HostOp => {
    const resource = numberOf(type, context.facts.arch);
    return { op: "raiseRlimit", at: `/process/rlimits/${index}`, resource, hard };
  });
}

function numberOf(type: (typeof RLIMIT_TYPES)[number], arch: string): number {
  const special = arch.startsWith("mips") ? MIPS_NUMBERS.get(type) : undefined;
  return special ?? RLIMIT_TYPES.indexOf(type);
}
