// The lock of a command that is for containers which have been made. Effects through the host.

import type { Lock } from "../host/host.ts";
import { load, lock, lockWithin, type Store } from "../store/store.ts";
import { observe } from "./observe.ts";
import { checkStatus, type Operation } from "./status.ts";

/**
 * One that is being created is refused at once: its hooks may take their time, and whoever waited for them would take the
 * command's answer for the container's. Any other command on it will soon be done.
 */
export function lockMade(store: Store, id: string, operation: Operation): Lock {
  const held = lockWithin(store, id, 1);
  if (held !== undefined) return held;
  const state = load(store, id);
  if (!state.isReady) checkStatus(operation, id, observe(store, state));
  return lock(store, id);
}
