// Starts the program of a created container. Effects through the host.
// Spec: runtime.md#start, runtime.md#lifecycle

import { hooksAt } from "../hooks/order.ts";
import { runHooks } from "../hooks/run.ts";
import type { Notify } from "../host/host.ts";
import { directoryOf, load, type Store } from "../store/store.ts";
import { signalInit } from "./kill.ts";
import { lockMade } from "./lock.ts";
import { bindNotify } from "./notify.ts";
import { observe } from "./observe.ts";
import { ociState, processOf, type State } from "./state.ts";
import { checkStatus } from "./status.ts";
import type { FindStep } from "./syscall-error.ts";
import { launchError } from "./syscall-error.ts";

const SIGKILL = 9;
const GONE_TIMEOUT_MS = 10_000;

/** `manager`: the caller's NOTIFY_SOCKET; the program is ready then when it returns, if the container was made for that. */
export function startContainer(store: Store, id: string, manager?: string): void {
  const held = lockMade(store, id, "start");
  let notify: Notify | undefined;
  let state: State;
  try {
    state = load(store, id);
    checkStatus("start", id, observe(store, state, true));
    if (state.notify !== undefined && manager !== undefined) {
      notify = bindNotify(store.host, state.notify, manager);
    }
    release(store, state);
    afterStart(store, state);
  } catch (error) {
    notify?.close();
    throw error;
  } finally {
    // Readiness may take long, and others may work on the container meanwhile.
    held.close();
  }
  if (notify === undefined) return;
  const { pid, startTime } = processOf(state)!;
  notify.waitFor(pid, startTime);
}

/** Runs the hooks that follow the program's start; when one fails, the container is stopped. */
export function afterStart(store: Store, state: State): void {
  if (state.poststart === undefined) return;
  try {
    const hooks = hooksAt("after start", { poststart: state.poststart });
    runHooks(store.host, hooks, ociState(state, "running"), state.bundle);
  } catch (error) {
    stop(store, state);
    throw error;
  }
}

function release(store: Store, state: State): void {
  const { pid, startTime } = processOf(state)!;
  try {
    store.host.start(directoryOf(store, state.id), pid, startTime);
  } catch (error) {
    throw launchError(error, lateStep(state), "start the container");
  }
}

/** The steps after the wait are kept in the state, for their plan is long forgotten. */
function lateStep({ late }: State): FindStep {
  return (error) => {
    if (error.phase !== "init" || late === undefined) return undefined;
    return late.steps[(error.op ?? -1) - late.first];
  };
}

function stop(store: Store, state: State): void {
  const process = processOf(state);
  if (process === undefined || !signalInit(store, state, SIGKILL)) return;
  store.host.waitGone(process.pid, process.startTime, GONE_TIMEOUT_MS);
}
