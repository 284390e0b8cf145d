// `trunc restore`: a container from files that checkpoint wrote; in the foreground, its program's exit code is ours.

import type { RestoreRequest } from "../lifecycle/restore.ts";
import { restoreContainer, waitForRestored } from "../lifecycle/restore.ts";
import { compilePlan, contextOf } from "../plan/compile.ts";
import type { CgroupDriver } from "../plan/driver.ts";
import { checkId } from "../store/ids.ts";
import { directoryOf, type Store } from "../store/store.ts";
import { flagOf, textOf } from "./args.ts";
import { readBundle } from "./bundle.ts";
import { cgroupDriver } from "./cgroup-driver.ts";
import { type Context, DONE, type Outcome } from "./context.ts";
import { criuPaths } from "./criu-options.ts";
import { cgroupRights, factsOf } from "./facts.ts";
import { restoreWishes } from "./restore-options.ts";
import { searchPath } from "./search-path.ts";
import { storeOf } from "./store.ts";
import { checkTerminal } from "./terminal.ts";

export async function run(context: Context): Promise<Outcome> {
  const { host, values } = context;
  const store = storeOf(context);
  const isDetached = flagOf(values, "detach");
  const request = requestOf(context, store, isDetached, await cgroupDriver(context));
  // The programs go on before we supervise them: a signal in between is for them, too.
  if (!isDetached) host.holdSignals();
  const restored = restoreContainer(store, request);
  if (isDetached) {
    host.closeFd(restored.pidfd);
    return DONE;
  }
  const { exitCode, warnings } = waitForRestored(store, restored, !flagOf(values, "no-subreaper"));
  for (const warning of warnings) context.warn(warning);
  return { exitCode };
}

function requestOf(
  context: Context,
  store: Store,
  isDetached: boolean,
  driver: CgroupDriver | undefined,
): RestoreRequest {
  const { host, values, args, env } = context;
  const id = args[0]!;
  checkId(id);
  const wishes = restoreWishes(values);
  const { path: bundle, config, text } = readBundle(context, textOf(values, "bundle") ?? ".");
  const consoleSocket = textOf(values, "console-socket");
  const wantsTerminal = config.process.terminal === true;
  checkTerminal({ isDetached, wantsTerminal, consoleSocket });

  const facts = factsOf(host);
  const rights = cgroupRights(context, facts);
  if (rights.isRootless) context.warn("restore is untested with rootless containers");
  const notify = `${directoryOf(store, id)}/notify`;
  const options = { id, bundle, notifyDirectory: notify, ...rights };
  const compiled = compilePlan(config, facts, options, driver);
  for (const warning of compiled.warnings) context.warn(warning);
  const pidFile = textOf(values, "pid-file");
  return {
    id,
    bundle,
    config,
    configText: text,
    compiled,
    owner: facts.euid,
    now: new Date().toISOString(),
    notify,
    wishes,
    context: () => contextOf(config, facts, options, driver),
    ...(driver !== undefined && { driver }),
    ...criuPaths(values, () => host.realPath(".")),
    search: searchPath(env),
    ...(consoleSocket !== undefined && { consoleSocket }),
    ...(pidFile !== undefined && { pidFile }),
    onStep: context.debug,
  };
}
