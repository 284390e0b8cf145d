// How the init waits for `start`. Pure.
// Spec: runtime.md#lifecycle

import { addFd, type Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

/** `run` lets the program go right after `ready`; `create` leaves it waiting at two fifos. */
export function compileWait(context: Context): InitOp[] {
  const { fifoDirectory } = context.options;
  if (fifoDirectory === undefined) return [];
  const go = addFd(context, { op: "fifo", at: "", path: `${fifoDirectory}/start` });
  const result = addFd(context, { op: "fifo", at: "", path: `${fifoDirectory}/result` });
  return [{ op: "waitStart", at: "", go, result }];
}
