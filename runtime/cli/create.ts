// `trunc create`: a container whose program waits for `start`.

import { createContainer } from "../lifecycle/create.ts";
import { cgroupDriver } from "./cgroup-driver.ts";
import type { Context, Outcome } from "./context.ts";
import { DONE } from "./context.ts";
import { prepareLaunch } from "./launch.ts";
import { storeOf } from "./store.ts";

export async function run(context: Context): Promise<Outcome> {
  const store = storeOf(context);
  const prepared = prepareLaunch(context, store, "create", await cgroupDriver(context));
  const { launch, lock } = createContainer(store, prepared.request);
  prepared.writeTrace(launch);
  launch.close();
  lock.close();
  return DONE;
}
