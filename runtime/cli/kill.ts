// `trunc kill`: sends a signal to a container.

import { killContainer } from "../lifecycle/kill.ts";
import { flagOf } from "./args.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { parseSignal } from "./signals.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  const [id, signal] = context.args;
  const number = parseSignal(signal ?? "TERM");
  killContainer(storeOf(context), id!, number, flagOf(context.values, "all"));
  return DONE;
}
