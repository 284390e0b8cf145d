// Looks at the kernel and the state directory to say what a container's status is. Effects through the host.

import { directoryOf, isLocked, type Store } from "../store/store.ts";
import { processOf, type State } from "./state.ts";
import { type Status, statusOf } from "./status.ts";

/**
 * The status of a container, from as few looks as it takes.
 *
 * `holdsLock`: the caller has the container's lock, so nobody can be creating it.
 */
export function observe(store: Store, state: State, holdsLock = false): Status {
  const isBeingCreated = !state.isReady && !holdsLock && isLocked(store, state.id);
  const isAlive = state.isReady && isProcessAlive(store, state);
  return statusOf({
    isReady: state.isReady,
    isBeingCreated,
    isAlive,
    isFrozen: isAlive && isFrozen(store, state),
    isWaiting: isAlive && store.host.isWaiting(directoryOf(store, state.id)),
  });
}

/** Whether the first process is there: the same one, by its start time. */
function isProcessAlive(store: Store, state: State): boolean {
  const process = processOf(state);
  return process !== undefined && store.host.startTime(process.pid) === process.startTime;
}

/** What the freezer's file says when its processes stand still, or are about to. */
const FROZEN = new Set(["FROZEN", "FREEZING", "1"]);

function isFrozen({ host }: Store, { freezer }: State): boolean {
  if (freezer === undefined) return false;
  const { root, path, file } = freezer;
  const text = host.readCgroup(root, path, file);
  if (text === null || !FROZEN.has(text.trim())) return false;
  // v1 says so too of a cgroup that only one above it keeps frozen: not ours to resume
  return (
    file !== "freezer.state" || host.readCgroup(root, path, "freezer.self_freezing")?.trim() !== "0"
  );
}
