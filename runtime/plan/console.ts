// `process.terminal` -> the terminal of the container, or its standard streams without one. Pure.
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

/** Without a terminal the streams come from outside; where something of the host's is on /dev, that has its null device. */
export function compileStreams({ config }: Context, hasForeignDev: boolean): InitOp[] {
  if (config.process.terminal === true || hasForeignDev) return [];
  return [{ op: "reopenNull", at: "" }];
}
