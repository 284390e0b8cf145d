// Writes a container down through CRIU, which ends it then, or lets it go on. Effects through the host.

import type { Config } from "../config/types.ts";
import { RuntimeError } from "../errors.ts";
import type { CriuOptions, Host } from "../host/host.ts";
import { contextOf } from "../plan/compile.ts";
import type { Context } from "../plan/context.ts";
import {
  bindsOf,
  dumpMounts,
  externalNamespaceFiles,
  externalNamespaces,
} from "../plan/criu/external.ts";
import { configFileOf, DUMP_LOG, dumpOptions } from "../plan/criu/options.ts";
import { dumpPlan } from "../plan/criu/run.ts";
import type { DumpWishes } from "../plan/criu/wishes.ts";
import type { Facts } from "../plan/facts.ts";
import { load, type Store } from "../store/store.ts";
import {
  checkFeatures,
  converse,
  criuError,
  endCriu,
  makeDirectories,
  startCriu,
  stopCriu,
} from "./criu.ts";
import { type Deleted, deleteLocked } from "./delete.ts";
import { lockMade } from "./lock.ts";
import { observe } from "./observe.ts";
import { savedConfig } from "./saved-config.ts";
import { processOf, type State } from "./state.ts";
import { checkStatus } from "./status.ts";
import { attempt } from "./syscall.ts";

export interface CheckpointRequest {
  readonly id: string;
  readonly wishes: DumpWishes;
  /** Absolute paths of directories; without one for logs it is that of the images. */
  readonly images: string;
  readonly work?: string;
  /** Where programs are looked for, as of `PATH`. */
  readonly search: string;
  readonly facts: Facts;
  /** Told once pages can be fetched: a path that is written to. */
  readonly statusFile?: string;
  /** Told of each step of CRIU. */
  readonly onStep?: (step: string) => void;
}

/** Where the images say what the standard streams were; its name is runc's. */
export const DESCRIPTORS = "descriptors.json";

/** @throws RuntimeError, and the container goes on as before */
export function checkpointContainer(store: Store, request: CheckpointRequest): Deleted {
  const { id, wishes } = request;
  const held = lockMade(store, id, "checkpoint");
  try {
    const state = load(store, id);
    checkStatus("checkpoint", id, observe(store, state, true));
    makeDirectories(store.host, request.images, request.work);
    const config = savedConfig(store, id);
    const options = optionsFor(store.host, request, state, config);
    if (!wishes.preDump) saveDescriptors(store.host, state, request.images);
    dump(store, request, options);
    if (wishes.leaveRunning || wishes.preDump) return { warnings: [] };
    return deleteLocked(store, id, true);
  } finally {
    held.close();
  }
}

function dump({ host }: Store, request: CheckpointRequest, options: CriuOptions): void {
  const { id, wishes, images, work, search, onStep } = request;
  const running = startCriu(host, (end) => dumpPlan({ search, end }));
  try {
    checkFeatures(running, { memTrack: wishes.preDump, lazyPages: wishes.lazyPages });
    running.criu.order(wishes.preDump ? "preDump" : "dump", options, images, work ?? "");
    converse(running.criu, ({ script }) => {
      onStep?.(`CRIU: ${script}`);
      if (script === "status-ready") tellReady(host, request);
    });
    // after memory alone CRIU waits for a further request, and calls its end without one a failure
    if (!wishes.preDump) endCriu(running);
  } catch (error) {
    const log = `${work ?? images}/${DUMP_LOG}`;
    throw criuError(host, error, `checkpoint container ${id}`, log);
  } finally {
    stopCriu(host, running);
    running.launch.close();
  }
}

function optionsFor(
  host: Host,
  { id, wishes, facts }: CheckpointRequest,
  state: State,
  config: Config,
): CriuOptions {
  const { pid } = processOf(state)!;
  const context = dumpContext(config, facts, state, id);
  const { freezer } = state;
  const configFile = configFileOf(state.annotations, (path) => host.exists(path));
  const links = new Map<string, string>();
  for (const file of externalNamespaceFiles(context.linux)) {
    links.set(file, host.readLink(`/proc/${pid}/ns/${file}`) ?? "");
  }
  const resolve = (path: string) =>
    attempt(`look at ${path} in the container`, () => host.resolveIn(`/proc/${pid}/root`, path));
  return dumpOptions(wishes, {
    pid,
    rootfs: state.rootfs,
    ...(freezer !== undefined && { freezer: `${freezer.root}${freezer.path}` }),
    ...(configFile !== undefined && { configFile }),
    mounts: wishes.preDump ? [] : dumpMounts(context, bindsOf(context), resolve),
    namespaces: externalNamespaces(context.linux, links),
  });
}

function dumpContext(config: Config, facts: Facts, state: State, id: string): Context {
  const { bundle, notify } = state;
  return contextOf(config, facts, {
    id,
    bundle,
    ...(notify !== undefined && { notifyDirectory: notify }),
  });
}

/** Pipes among the standard streams are from outside: `restore` puts its own in their place. */
function saveDescriptors(host: Host, state: State, images: string): void {
  const { pid } = processOf(state)!;
  const streams = [0, 1, 2].map((fd) => host.readLink(`/proc/${pid}/fd/${fd}`) ?? "");
  const path = `${images}/${DESCRIPTORS}`;
  attempt(`write ${path}`, () => host.writeText(path, JSON.stringify(streams), 0o600));
}

function tellReady(host: Host, { statusFile }: CheckpointRequest): void {
  if (statusFile === undefined) return;
  try {
    host.appendText(statusFile, "\0", 0o600);
  } catch (error) {
    throw new RuntimeError("ERR_STATE", "cannot write to the descriptor of --status-fd", {
      cause: error,
    });
  }
}
