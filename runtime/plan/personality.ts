// `linux.personality` -> personality(2). Pure.
// Spec: config-linux.md#personality

import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

/** linux/personality.h */
const DOMAINS: ReadonlyMap<string, number> = new Map([
  ["LINUX", 0x0000],
  ["LINUX32", 0x0008],
]);

/** The same header's, beside the domain in one number. */
const FLAGS: ReadonlyMap<string, number> = new Map([
  ["UNAME26", 0x0020000],
  ["ADDR_NO_RANDOMIZE", 0x0040000],
  ["FDPIC_FUNCPTRS", 0x0080000],
  ["MMAP_PAGE_ZERO", 0x0100000],
  ["ADDR_COMPAT_LAYOUT", 0x0200000],
  ["READ_IMPLIES_EXEC", 0x0400000],
  ["ADDR_LIMIT_32BIT", 0x0800000],
  ["SHORT_INODE", 0x1000000],
  ["WHOLE_SECONDS", 0x2000000],
  ["STICKY_TIMEOUTS", 0x4000000],
  ["ADDR_LIMIT_3GB", 0x8000000],
]);

export function compilePersonality({ linux }: Context): InitOp[] {
  if (linux.personality === undefined) return [];
  const { domain, flags = [] } = linux.personality;
  const persona = flags.reduce(
    (bits, flag) => bits | (FLAGS.get(flag) ?? 0),
    DOMAINS.get(domain) ?? 0,
  );
  return [{ op: "personality", at: "/linux/personality", persona }];
}
