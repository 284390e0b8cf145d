// `trunc run`: a container that starts at once; in the foreground, its program's exit code is ours.

import { createContainer } from "../lifecycle/create.ts";
import { runCreated, waitInForeground } from "../lifecycle/run.ts";
import { stepsOf } from "../lifecycle/syscall-error.ts";
import { flagOf } from "./args.ts";
import { cgroupDriver } from "./cgroup-driver.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { prepareLaunch } from "./launch.ts";
import { storeOf } from "./store.ts";

export async function run(context: Context): Promise<Outcome> {
  const { values } = context;
  const store = storeOf(context);
  const isDetached = flagOf(values, "detach");
  const driver = await cgroupDriver(context);
  const prepared = prepareLaunch(context, store, isDetached ? "run detached" : "run", driver);
  // The program runs before we supervise it: a signal in between is for it, too.
  if (!isDetached) context.host.holdSignals();
  const created = createContainer(store, prepared.request);
  runCreated(store, created, stepsOf(prepared.request.compiled.plan));
  prepared.writeTrace(created.launch);
  if (isDetached) {
    created.notify?.wait(created.launch);
    created.launch.close();
    return DONE;
  }

  const { exitCode, warnings } = waitInForeground(store, created, {
    isSubreaper: !flagOf(values, "no-subreaper"),
    isKept: flagOf(values, "keep"),
  });
  for (const warning of warnings) context.warn(warning);
  return { exitCode };
}
