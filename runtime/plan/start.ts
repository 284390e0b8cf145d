// How the init waits for `start`. Pure.
// Spec: runtime.md#lifecycle

import { addFd, type Context } from "./context.ts";
import { CLONE_NEWPID } from "./kernel.ts";
import type { InitOp } from "./ops.ts";

/** Those that are sent to end a program: HUP, INT, QUIT, TERM. */
const ENDING_SIGNALS = [1, 2, 3, 15];

/**
 * Whoever waits for `start` ends by these signals as runc's init does, which handles them. As the first process of a pid
 * namespace it would not even get them otherwise. Goes before a filter, which may deny this.
 */
export function compileSignals({ options, namespaces }: Context): InitOp[] {
  const isDeaf = (namespaces.made & CLONE_NEWPID) !== 0;
  if (options.fifoDirectory === undefined || !isDeaf) return [];
  return [{ op: "exitOnSignals", at: "", signals: ENDING_SIGNALS }];
}

/** `run` lets the program go right after `ready`; `create` leaves it waiting at two fifos. */
export function compileWait(context: Context): InitOp[] {
  const { fifoDirectory } = context.options;
  if (fifoDirectory === undefined) return [];
  const go = addFd(context, { op: "fifo", at: "", path: `${fifoDirectory}/start` });
  const result = addFd(context, { op: "fifo", at: "", path: `${fifoDirectory}/result` });
  return [{ op: "waitStart", at: "", go, result }];
}
