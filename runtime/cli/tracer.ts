// `--trace FILE`: the phases of TypeScript beside the steps that the launch measured, as Chrome trace events.

import type { Host, Launch } from "../host/host.ts";
import { attempt } from "../lifecycle/syscall.ts";

export interface Tracer {
  readonly isOn: boolean;
  /** Measures a phase. */
  phase<Value>(name: string, action: () => Value): Value;
  write(launch: Launch): void;
}

/** QuickJS's clock: milliseconds of CLOCK_MONOTONIC, when the two are added, as the launch's steps have. */
declare const performance: { readonly timeOrigin: number; now(): number };

/** A phase of this process; `ts` and `dur` in microseconds. */
interface TraceEvent {
  readonly ph: "X";
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
}

/** Process 1 of a trace is the host's side. */
const HOST = { pid: 1, tid: 1 };

const OFF: Tracer = { isOn: false, phase: (_name, action) => action(), write: () => {} };

export function tracer(host: Host, path: string | undefined): Tracer {
  if (path === undefined) return OFF;
  const events: TraceEvent[] = [];
  return {
    isOn: true,
    phase: (name, action) => {
      const ts = nowUs();
      const value = action();
      events.push({ ph: "X", name, ...HOST, ts, dur: nowUs() - ts });
      return value;
    },
    write: (launch) => {
      const text = withEvents(launch.trace(), events);
      attempt(`write the trace ${path}`, () => host.writeText(path, text, 0o644));
    },
  };
}

/** The launch's trace with our events among its own. */
export function withEvents(trace: string, events: readonly TraceEvent[]): string {
  const document = JSON.parse(trace) as { traceEvents: unknown[] };
  document.traceEvents.push(...events);
  return `${JSON.stringify(document)}\n`;
}

function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
