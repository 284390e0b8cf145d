// `trunc delete`: removes a container.

import { deleteContainer } from "../lifecycle/delete.ts";
import { flagOf } from "./args.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  const isForced = flagOf(context.values, "force");
  const { warnings } = deleteContainer(storeOf(context), context.args[0]!, isForced);
  for (const warning of warnings) context.warn(warning);
  return DONE;
}
