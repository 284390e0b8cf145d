// Lets the program of a freshly created container run, and stays with it to its end. Effects through the host.

import type { Store } from "../store/store.ts";
import type { Created } from "./create.ts";
import { deleteOwn } from "./delete.ts";
import { afterStart } from "./start.ts";
import { type FindStep, launchError } from "./syscall-error.ts";

/** How long the program's start may take, hooks in the container aside; 0 is no limit. */
const EXEC_TIMEOUT_MS = 0;

/** Executes the program; a failure deletes the container again. */
export function runCreated(store: Store, created: Created, find: FindStep): void {
  const { launch, lock, state, notify } = created;
  try {
    const { kind } = launch.receive(EXEC_TIMEOUT_MS);
    if (kind !== "exec") throw new Error(`the init reports ${kind} instead of the program's start`);
    afterStart(store, state);
  } catch (error) {
    notify?.close();
    launch.abort();
    launch.close();
    lock.close();
    deleteOwn(store, state);
    throw launchError(error, find, "start the container");
  }
  // Others may work on the container while it runs.
  lock.close();
}

export interface ForegroundOptions {
  readonly isSubreaper: boolean;
  readonly isKept: boolean;
}

/** Waits for the program's end, passing signals and the terminal on: its exit code, or 128 plus the signal's number. */
export function waitInForeground(
  store: Store,
  { launch, consoleFd, state, notify }: Created,
  options: ForegroundOptions,
): { exitCode: number; warnings: readonly string[] } {
  const { isSubreaper: subreaper, isKept: isLast } = options;
  let end: ReturnType<typeof store.host.supervise>;
  try {
    end = store.host.supervise(launch, { consoleFd, signals: true, subreaper, isLast }, notify);
  } catch (error) {
    // Nobody would wait for it, nor pass anything on.
    launch.abort();
    if (!options.isKept) deleteOwn(store, state);
    throw launchError(error, () => undefined, "wait for the container's program");
  } finally {
    launch.close();
    if (consoleFd >= 0) store.host.closeFd(consoleFd);
  }
  const { warnings } = options.isKept ? { warnings: [] } : deleteOwn(store, state);
  return { exitCode: end.exitCode ?? 128 + (end.signal ?? 0), warnings };
}
