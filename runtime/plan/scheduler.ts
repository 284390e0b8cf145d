// `process.scheduler` -> sched_setattr(2). Pure.
// Spec: config.md#linux-process

import type { Context } from "./context.ts";
import type { InitOp } from "./ops.ts";

/** linux/sched.h, as are the flags. */
const POLICIES: ReadonlyMap<string, number> = new Map([
  ["SCHED_OTHER", 0],
  ["SCHED_FIFO", 1],
  ["SCHED_RR", 2],
  ["SCHED_BATCH", 3],
  ["SCHED_ISO", 4],
  ["SCHED_IDLE", 5],
  ["SCHED_DEADLINE", 6],
]);

const FLAGS: ReadonlyMap<string, number> = new Map([
  ["SCHED_FLAG_RESET_ON_FORK", 0x01],
  ["SCHED_FLAG_RECLAIM", 0x02],
  ["SCHED_FLAG_DL_OVERRUN", 0x04],
  ["SCHED_FLAG_KEEP_POLICY", 0x08],
  ["SCHED_FLAG_KEEP_PARAMS", 0x10],
  ["SCHED_FLAG_UTIL_CLAMP_MIN", 0x20],
  ["SCHED_FLAG_UTIL_CLAMP_MAX", 0x40],
]);

export function compileScheduler({ config }: Context): InitOp[] {
  const { scheduler } = config.process;
  if (scheduler === undefined) return [];
  const { policy, nice = 0, priority = 0, runtime = 0, deadline = 0, period = 0 } = scheduler;
  let flags = 0;
  for (const name of scheduler.flags ?? []) flags |= FLAGS.get(name) ?? 0;
  return [
    {
      op: "scheduler",
      at: "/process/scheduler",
      policy: POLICIES.get(policy) ?? 0,
      nice,
      priority,
      flags,
      runtime,
      deadline,
      period,
    },
  ];
}
