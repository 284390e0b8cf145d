// `process.terminal` -> the terminal of the container. Pure.
// Spec: config.md#process

import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

/** `bind`: it becomes the container's /dev/console. */
export function compileConsole({ config }: Context, bind = true): InitOp[] {
  const { terminal = false, consoleSize, user } = config.process;
  if (!terminal) return [];
  const { width = 0, height = 0 } = consoleSize ?? {};
  return [{ op: "console", at: "/process/terminal", bind, width, height, uid: user.uid }];
}
