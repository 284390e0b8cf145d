// The session keyring of the container. Pure.

import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

/** Named as in runc, so that a later `exec` finds it. */
export function compileKeyring({ options }: Context): InitOp[] {
  if (options.noNewKeyring) return [];
  return [{ op: "joinKeyring", at: "", name: `_ses.${options.id}` }];
}
