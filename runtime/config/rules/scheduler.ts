// Which scheduler values go together; sched_setattr(2) would only say EINVAL. Pure.
// Spec: config.md#linux-process, `scheduler`

import type { Report } from "../rule.ts";
import type { Process, Scheduler } from "../types.ts";

const REALTIME = ["SCHED_FIFO", "SCHED_RR"];
const DEADLINE_FIELDS = ["runtime", "deadline", "period"] as const;

/** sched(7): the kernel's shortest run time, in nanoseconds. */
const MIN_RUNTIME = 1024;

export function checkScheduler({ scheduler }: Process, report: Report): void {
  if (scheduler === undefined) return;
  checkPriority(scheduler, report);
  if (scheduler.policy === "SCHED_DEADLINE") checkDeadline(scheduler, report);
  else refuseDeadline(scheduler, report);
}

/** "used by real-time policies like SCHED_FIFO and SCHED_RR" */
function checkPriority({ policy, priority = 0 }: Scheduler, report: Report): void {
  const isRealtime = REALTIME.includes(policy);
  if (isRealtime && (priority < 1 || priority > 99)) {
    report("/scheduler/priority", `${priority} is not a priority of ${policy}, 1 to 99`);
  }
  if (!isRealtime && priority !== 0) {
    report("/scheduler/priority", `${priority}: only ${REALTIME.join(" and ")} have a priority`);
  }
}

/** "used by the deadline scheduler" */
function refuseDeadline(scheduler: Scheduler, report: Report): void {
  for (const name of DEADLINE_FIELDS) {
    const value = scheduler[name] ?? 0;
    if (BigInt(value) !== 0n)
      report(`/scheduler/${name}`, `${value}: only SCHED_DEADLINE has a ${name}`);
  }
}

/** sched(7): runtime <= deadline <= period, where a period of 0 is the deadline. */
function checkDeadline(scheduler: Scheduler, report: Report): void {
  const { runtime = 0, deadline = 0, period = 0 } = scheduler;
  if (runtime < MIN_RUNTIME)
    report("/scheduler/runtime", `${runtime} is less than ${MIN_RUNTIME} nanoseconds`);
  if (deadline < runtime)
    report("/scheduler/deadline", `${deadline} is less than the runtime ${runtime}`);
  if (BigInt(period) !== 0n && period < deadline) {
    report("/scheduler/period", `${period} is less than the deadline ${deadline}`);
  }
}
