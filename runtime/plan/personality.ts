// `linux.personality` -> personality(2). Pure; its flags were warned of when the config was read.
// Spec: config-linux.md#personality

import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

/** linux/personality.h */
const DOMAINS: ReadonlyMap<string, number> = new Map([
  ["LINUX", 0x0000],
  ["LINUX32", 0x0008],
]);

export function compilePersonality({ linux }: Context): InitOp[] {
  if (linux.personality === undefined) return [];
  const persona = DOMAINS.get(linux.personality.domain) ?? 0;
  return [{ op: "personality", at: "/linux/personality", persona }];
}
