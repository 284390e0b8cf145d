// `trunc start`: runs the program of a created container.

import { startContainer } from "../lifecycle/start.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  startContainer(storeOf(context), context.args[0]!, context.env("NOTIFY_SOCKET") || undefined);
  return DONE;
}
