// Takes a creation that failed back: process, cgroups, state. Effects through the host.
// Spec: runtime.md#errors ("as if the operation were never attempted"), runtime.md#lifecycle (poststop after a failed hook)

import { RuntimeError } from "../errors.ts";
import type { Launch, Lock, Notify } from "../host/host.ts";
import { discard, type Store } from "../store/store.ts";
import { runPoststop } from "./poststop.ts";
import type { State } from "./state.ts";

/** How far a creation got. */
export interface Attempt {
  state: State;
  readonly lock: Lock;
  launch?: Launch;
  /** The init is there, so hooks may have been told of the container. */
  isCloned: boolean;
  notify?: Notify;
  /** Master of a terminal that nobody got yet, else -1. */
  consoleFd: number;
}

/** Undoes what was done, the last first, and returns the error to report: `error`, plus what could not be undone. */
export function undo(store: Store, progress: Attempt, error: unknown): unknown {
  const { launch, state, lock, consoleFd } = progress;
  const failures: string[] = [];
  const step = (action: () => void): boolean => {
    try {
      action();
      return true;
    } catch (failure) {
      failures.push(failure instanceof Error ? failure.message : String(failure));
      return false;
    }
  };

  progress.notify?.close();
  if (consoleFd >= 0) step(() => store.host.closeFd(consoleFd));
  const isGone = launch === undefined || step(() => launch.abort());
  if (launch !== undefined) step(() => launch.close());
  // The state is what a later delete finds leftovers by.
  if (isGone) step(() => discard(store, state.id));
  if (progress.isCloned) failures.push(...runPoststop(store.host, state));
  step(() => lock.close());

  return failures.length === 0 ? error : withFailures(error, failures);
}

function withFailures(error: unknown, failures: readonly string[]): unknown {
  if (!(error instanceof Error)) return error;
  const code = error instanceof RuntimeError ? error.code : "ERR_INTERNAL";
  const details =
    error instanceof RuntimeError && error.hint !== undefined ? { hint: error.hint } : {};
  const message = `${error.message}; what could not be undone: ${failures.join("; ")}`;
  return new RuntimeError(code, message, { ...details, cause: error });
}
