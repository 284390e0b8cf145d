// `process.ioPriority` -> ioprio_set(2). Pure.
// Spec: config.md#linux-process

import { IO_PRIORITY_CLASSES } from "../../schemas/names.ts";
import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

/** IOPRIO_CLASS_SHIFT; the classes count from 1 in the order of the names. */
const CLASS_SHIFT = 13;

export function compileIoPriority({ config }: Context): InitOp[] {
  const { ioPriority } = config.process;
  if (ioPriority === undefined) return [];
  const number = IO_PRIORITY_CLASSES.indexOf(ioPriority.class) + 1;
  const value = (number << CLASS_SHIFT) | ioPriority.priority;
  return [{ op: "ioPriority", at: "/process/ioPriority", value }];
}
