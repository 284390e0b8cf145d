// `trunc state`: one container's state as JSON, in runc's shape.

import { observe } from "../lifecycle/observe.ts";
import { stateReport } from "../lifecycle/state.ts";
import { load } from "../store/store.ts";
import type { Context, Outcome } from "./context.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  const store = storeOf(context);
  const state = load(store, context.args[0]!);
  // runc looks the owner's name up for `list` only.
  const report = stateReport(state, observe(store, state), "");
  return { exitCode: 0, output: `${JSON.stringify(report, null, 2)}\n` };
}
