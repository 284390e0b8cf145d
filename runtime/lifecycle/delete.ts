// Deletes a container: its processes, cgroups and state, however far its creation got. Effects through the host.
// Spec: runtime.md#delete

import { RuntimeError } from "../errors.ts";
import type { Lock } from "../host/host.ts";
import { checkId } from "../store/ids.ts";
import { discard, isUsed, load, lockWithin, type Store } from "../store/store.ts";
import { signalInit, thaw } from "./kill.ts";
import { lockMade } from "./lock.ts";
import { observe } from "./observe.ts";
import { runPoststop } from "./poststop.ts";
import { processOf, type State } from "./state.ts";
import { checkStatus } from "./status.ts";
import { attempt, failedWith } from "./syscall.ts";

const SIGKILL = 9;

/** How long killed processes, and then their cgroups, may take to go. */
const GONE_TIMEOUT_MS = 10_000;

/** How long systemd may take to stop a unit. */
const STOP_TIMEOUT_MS = 30_000;

/** How long a forced delete waits for another command before it ends the container under it. */
const PATIENCE_MS = 2_000;

/** How long it waits before it looks again. */
const STEP_MS = 100;

/** What is worth a warning, though the container is deleted. */
export interface Deleted {
  readonly warnings: readonly string[];
}

const GONE: Deleted = { warnings: [] };

/** `isForced`: kills what runs, removes what can't be read, and is content with nothing to delete. */
export function deleteContainer(store: Store, id: string, isForced: boolean): Deleted {
  checkId(id);
  if (isForced) return deleteByForce(store, id);
  const held = lockMade(store, id, "delete");
  try {
    return deleteLocked(store, id, false);
  } finally {
    held.close();
  }
}

/** By the command that made it. Another may have deleted it since: what has its id then is left alone. */
export function deleteOwn(store: Store, own: State): Deleted {
  return deleteByForce(store, own.id, own);
}

function deleteByForce(store: Store, id: string, own?: State): Deleted {
  if (!isUsed(store, id)) return GONE;
  let held: Lock | undefined;
  try {
    held = lockByForce(store, id, own);
  } catch (error) {
    if (!isUsed(store, id) || !isMeant(stateOf(store, id, true), own)) return GONE;
    throw error;
  }
  try {
    return deleteLocked(store, id, true, own);
  } catch (error) {
    // Engines send a second delete after the first, not always after its end: that one may have been faster.
    if (!isUsed(store, id) || isOthers(stateOf(store, id, true), own)) return GONE;
    // Without a state it is what this failure left.
    throw error;
  } finally {
    held?.close();
  }
}

/** For a caller that has the container's lock. `own`: a container of another process is not the one that is meant. */
export function deleteLocked(store: Store, id: string, isForced: boolean, own?: State): Deleted {
  const found = stateOf(store, id, isForced);
  if (!isMeant(found, own)) return GONE;
  if (found.state === undefined) {
    discard(store, id);
    return { warnings: found.warnings };
  }
  const { state } = found;
  const status = observe(store, state, true);
  if (!isForced) checkStatus("delete", id, status);

  if (status !== "stopped" || !state.isReady) end(store, state);
  const warnings = stopUnit(store, state, isForced);
  attempt(`remove the cgroups of container ${id}`, () =>
    // With a pid namespace everything in it is dead by now; others may share the cgroup.
    store.host.removeCgroups([...state.cgroups], GONE_TIMEOUT_MS, !state.hasPidNamespace),
  );
  discard(store, id);
  return { warnings: [...warnings, ...runPoststop(store.host, state)] };
}

interface Found {
  readonly state?: State;
  /** Of a state that is damaged. */
  readonly warnings: readonly string[];
}

/** One without a state is not yet, or no longer, that of a command which has made it. */
function isMeant(found: Found, own: State | undefined): boolean {
  if (own === undefined) return true;
  const isFound = found.state !== undefined || found.warnings.length > 0;
  return isFound && !isOthers(found, own);
}

/** Whether it has another first process than the one that is meant. */
function isOthers({ state }: Found, own: State | undefined): boolean {
  if (own === undefined || state === undefined) return false;
  return state.pid !== own.pid || state.startTime !== own.startTime;
}

/** The state, unless there is none to be had: a creation was killed before it wrote one, or it is damaged. */
function stateOf(store: Store, id: string, isForced: boolean): Found {
  try {
    return { state: load(store, id), warnings: [] };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    // Nothing was done before the state was written, so nothing else is left behind.
    if (failedWith(error.cause, "ENOENT", "ENOTDIR") && isUsed(store, id)) return { warnings: [] };
    if (!isForced || !isUsed(store, id)) throw error;
    return { warnings: [`${error.message}: processes and cgroups may be left`] };
  }
}

/** Kills everything in the container and waits for its first process to go. */
function end(store: Store, state: State): void {
  const { host } = store;
  const process = processOf(state);
  const cgroup = state.processes;
  signalInit(store, state, SIGKILL);
  if (cgroup !== undefined && !state.hasPidNamespace) {
    attempt("kill the container's processes", () =>
      host.killCgroup(cgroup.root, cgroup.path, SIGKILL),
    );
  }
  thaw(store, state);
  if (process === undefined) return;
  if (host.waitGone(process.pid, process.startTime, GONE_TIMEOUT_MS)) return;
  throw new RuntimeError("ERR_STATE", "container init still running", {
    hint: `process ${process.pid} was killed, but something in the kernel holds it`,
  });
}

/** systemd stops an empty scope by itself, but keeps one that failed. */
function stopUnit({ host }: Store, state: State, isForced: boolean): string[] {
  const { unit, processes, hasPidNamespace } = state;
  if (unit === undefined) return [];
  try {
    attempt(`stop unit ${unit.name}`, () => {
      // systemd would ask those that are left to end, and wait
      if (!hasPidNamespace && processes !== undefined) {
        host.killCgroup(processes.root, processes.path, SIGKILL);
      }
      host.stopUnit([...unit.bus], unit.name, STOP_TIMEOUT_MS);
    });
    return [];
  } catch (error) {
    if (!isForced || !(error instanceof RuntimeError)) throw error;
    return [error.message];
  }
}

/**
 * A command that hangs on the container is ended by ending the container under it. A creation is not waited for: it may be
 * in a hook, and has not said yet what its first process is; it is asked again until then. Undefined: goes without the lock.
 */
function lockByForce(store: Store, id: string, own?: State): Lock | undefined {
  let held = lockWithin(store, id, 1);
  if (held === undefined && !isCreating(store, id)) held = lockWithin(store, id, PATIENCE_MS);
  for (let waited = 0; held === undefined && waited < GONE_TIMEOUT_MS; waited += STEP_MS) {
    const found = stateOf(store, id, true);
    if (!isMeant(found, own)) return undefined;
    if (found.state !== undefined) signalInit(store, found.state, SIGKILL);
    held = lockWithin(store, id, STEP_MS);
  }
  if (held !== undefined) return held;
  const { state } = stateOf(store, id, true);
  // What keeps that command is one of these hooks, and nothing on the container is left for it to do.
  if (state?.isReady && state.poststart !== undefined) return undefined;
  throw new RuntimeError(
    "ERR_STATE",
    `container ${id} was killed, but another command is still at work on it`,
    { hint: "delete it again once that command has ended" },
  );
}

/** Nobody else holds the lock of a container that is not made. */
function isCreating(store: Store, id: string): boolean {
  const { state } = stateOf(store, id, true);
  return state === undefined || !state.isReady;
}
