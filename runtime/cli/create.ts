// `trunc create`: a container whose program waits for `start`.

import { createContainer } from "../lifecycle/create.ts";
import type { Context, Outcome } from "./context.ts";
import { DONE } from "./context.ts";
import { prepareLaunch } from "./launch.ts";
import { storeOf } from "./store.ts";

export function run(context: Context): Outcome {
  const store = storeOf(context);
  const prepared = prepareLaunch(context, store, "create");
  const { launch, lock } = createContainer(store, prepared.request);
  prepared.writeTrace(launch);
  launch.close();
  lock.close();
  return DONE;
}
