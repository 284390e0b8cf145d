// `trunc pause`: stops all processes of a container.

import { pauseContainer } from "../lifecycle/pause.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  pauseContainer(storeOf(context), context.args[0]!);
  return DONE;
}
