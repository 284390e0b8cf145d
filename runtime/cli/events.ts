// `trunc events`: statistics of a container, and each want of memory, one JSON object a line.

import { writeJson } from "../config/json-write.ts";
import { RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { type Event, followEvents, statsNow } from "../lifecycle/events.ts";
import { load } from "../store/store.ts";
import { flagOf, usageError } from "./args.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { parseDuration } from "./sizes.ts";
import { storeOf } from "./store.ts";

export { OPTIONS } from "./events-options.ts";

/** Longer waits are cut: the watch counts milliseconds in 32 bits. */
const LONGEST_MS = 2 ** 31;

export function run(context: Context): Outcome {
  const { host, values, warn } = context;
  const id = context.args[0]!;
  // an empty one is a wrong one, as in runc
  const intervalMs = parseDuration(String(values.get("interval") ?? "5s"), "interval");
  const store = storeOf(context);
  // in runc's order: a container that is gone is what its callers ask for first
  if (intervalMs <= 0 && load(store, id)) {
    throw usageError("duration interval must be greater than 0");
  }
  if (flagOf(values, "stats")) return { exitCode: 0, output: lineOf(statsNow(store, id)) };
  followEvents(store, id, {
    intervalMs: Math.max(1, Math.min(Math.ceil(intervalMs), LONGEST_MS)),
    tell: (event) => print(host, lineOf(event)),
    warn,
    clock: () => Date.now(),
  });
  return DONE;
}

/** At once: it may go on for days. */
function print(host: Host, line: string): void {
  try {
    host.write(1, line);
  } catch (cause) {
    // the reader had enough (events | head), or the disk is full: either way nobody listens any more
    throw new RuntimeError("ERR_STATE", `cannot print events: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function lineOf(event: Event): string {
  return `${writeJson(event)}\n`;
}
