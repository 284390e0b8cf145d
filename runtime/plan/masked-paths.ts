// `linux.readonlyPaths` and `linux.maskedPaths` -> their operations. Pure.
// Spec: config-linux.md#masked-paths, #readonly-paths

import type { Context } from "./context.ts";
import { mountLabel } from "./labels.ts";
import type { InitOp } from "./ops.ts";
import { cleanPath } from "./paths.ts";

/** Read-only ones first, as runc: a masked path inside one of them must stay hidden. */
export function compileRestrictedPaths(context: Context): InitOp[] {
  const { linux } = context;
  const ops: InitOp[] = [];
  linux.readonlyPaths?.forEach((path, index) => {
    ops.push({ op: "readonlyPath", at: `/linux/readonlyPaths/${index}`, path });
  });
  const label = mountLabel(context);
  const seen = new Set<string>();
  linux.maskedPaths?.forEach((path, index) => {
    const place = cleanPath(path);
    // a second mask over the first would only be one more mount
    if (seen.has(place)) return;
    seen.add(place);
    ops.push({ op: "maskPath", at: `/linux/maskedPaths/${index}`, path, label });
  });
  return ops;
}
