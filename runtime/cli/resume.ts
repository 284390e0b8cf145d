// `trunc resume`: lets the processes of a paused container go on.

import { resumeContainer } from "../lifecycle/pause.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  resumeContainer(storeOf(context), context.args[0]!);
  return DONE;
}
