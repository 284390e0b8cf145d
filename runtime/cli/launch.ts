// The options and the bundle of create and run -> what to create. Effects through the host.

import type { Launch } from "../host/host.ts";
import type { CreateRequest } from "../lifecycle/create.ts";
import { compilePlan } from "../plan/compile.ts";
import type { CgroupDriver } from "../plan/driver.ts";
import type { PlanOptions } from "../plan/options.ts";
import { checkId } from "../store/ids.ts";
import { directoryOf, type Store } from "../store/store.ts";
import { countOf, flagOf, textOf, usageError } from "./args.ts";
import { readBundle } from "./bundle.ts";
import type { Context } from "./context.ts";
import { cgroupRights, factsOf } from "./facts.ts";
import { checkTerminal } from "./terminal.ts";
import { tracer } from "./tracer.ts";

/** How the container's program is to be started. */
export type Mode = "create" | "run" | "run detached";

export interface Prepared {
  readonly request: CreateRequest;
  /** Writes the file that `--trace` names, if it was given. */
  readonly writeTrace: (launch: Launch) => void;
}

export function prepareLaunch(
  context: Context,
  store: Store,
  mode: Mode,
  driver: CgroupDriver | undefined,
): Prepared {
  const { host, values, args } = context;
  const id = args[0]!;
  checkId(id);
  const trace = tracer(host, textOf(values, "trace"));

  const bundle = trace.phase("read the config", () =>
    readBundle(context, textOf(values, "bundle") ?? "."),
  );
  const consoleSocket = textOf(values, "console-socket");
  const wantsTerminal = bundle.config.process.terminal === true;
  checkTerminal({ isDetached: mode !== "run", wantsTerminal, consoleSocket });

  const facts = trace.phase("look at the host", () => factsOf(host));
  const options = {
    ...planOptions(context, store, id, bundle.path, mode),
    ...cgroupRights(context, facts),
  };
  const compiled = trace.phase("compile the plan", () =>
    compilePlan(bundle.config, facts, options, driver),
  );
  for (const warning of compiled.warnings) context.warn(warning);
  const pidfdSocket = textOf(values, "pidfd-socket");
  const pidFile = textOf(values, "pid-file");
  const request: CreateRequest = {
    id,
    bundle: bundle.path,
    config: bundle.config,
    configText: bundle.text,
    compiled,
    owner: facts.euid,
    // With milliseconds, so that `list` can be sorted by it.
    now: new Date().toISOString(),
    ...(consoleSocket !== undefined && { consoleSocket }),
    ...(pidfdSocket !== undefined && { pidfdSocket }),
    ...(pidFile !== undefined && { pidFile }),
    ...notifyOf(context, options, mode),
    isTraced: trace.isOn,
    onStep: context.debug,
  };
  return { request, writeTrace: (launch) => trace.write(launch) };
}

function planOptions(
  context: Context,
  store: Store,
  id: string,
  bundle: string,
  mode: Mode,
): PlanOptions {
  const { env, values } = context;
  const directory = directoryOf(store, id);
  const preserveFds = countOf(values, "preserve-fds");
  if (preserveFds < 0) throw usageError("--preserve-fds takes a number that is not negative");
  return {
    id,
    bundle,
    ...(mode === "create" && { fifoDirectory: directory }),
    noPivot: flagOf(values, "no-pivot"),
    noNewKeyring: flagOf(values, "no-new-keyring"),
    preserveFds,
    listenFds: listenFds(context),
    ...(env("NOTIFY_SOCKET") && { notifyDirectory: `${directory}/notify` }),
  };
}

/** Where the program starts at once its readiness is heard at once; else `start` listens. */
function notifyOf(
  { env }: Context,
  { notifyDirectory }: PlanOptions,
  mode: Mode,
): Pick<CreateRequest, "notify" | "manager"> {
  const manager = env("NOTIFY_SOCKET");
  if (notifyDirectory === undefined || manager === undefined) return {};
  return { notify: notifyDirectory, ...(mode !== "create" && { manager }) };
}

/** Socket activation: the descriptors are meant for us only if LISTEN_PID says so. */
function listenFds({ env, host }: Context): number {
  const count = Number(env("LISTEN_FDS") ?? "0");
  if (!Number.isInteger(count) || count <= 0) return 0;
  return host.realPath("/proc/self") === `/proc/${env("LISTEN_PID")}` ? count : 0;
}
