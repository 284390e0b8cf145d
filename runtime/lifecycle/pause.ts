// Stops all processes of a container and lets them go on. Effects through the host.

import { RuntimeError } from "../errors.ts";
import { load, lock, type Store } from "../store/store.ts";
import { observe } from "./observe.ts";
import type { Freezer, State } from "./state.ts";
import { checkStatus } from "./status.ts";
import { attempt, failedWith } from "./syscall.ts";

/** Processes stand still within microseconds, but for one in a call that can't be interrupted. */
const FREEZE_TIMEOUT_MS = 10_000;

export function pauseContainer(store: Store, id: string): void {
  const held = lock(store, id);
  try {
    const state = load(store, id);
    checkStatus("pause", id, observe(store, state, true));
    freeze(store, state);
  } finally {
    held.close();
  }
}

export function resumeContainer(store: Store, id: string): void {
  const held = lock(store, id);
  try {
    const state = load(store, id);
    checkStatus("resume", id, observe(store, state, true));
    const freezer = freezerOf(state);
    attempt(`resume container ${id}`, () => store.host.thawCgroup(freezer, FREEZE_TIMEOUT_MS));
  } finally {
    held.close();
  }
}

function freeze({ host }: Store, state: State): void {
  const freezer = freezerOf(state);
  try {
    attempt(`pause container ${state.id}`, () => host.freezeCgroup(freezer, FREEZE_TIMEOUT_MS));
  } catch (error) {
    if (!(error instanceof RuntimeError) || !failedWith(error.cause, "ETIMEDOUT")) throw error;
    const seconds = FREEZE_TIMEOUT_MS / 1000;
    throw new RuntimeError(
      "ERR_STATE",
      `unable to freeze container ${state.id} within ${seconds} seconds; it runs on`,
      { hint: "one of its processes is in a call that can't be interrupted", cause: error },
    );
  }
}

function freezerOf({ id, freezer }: State): Freezer {
  if (freezer !== undefined) return freezer;
  throw new RuntimeError("ERR_STATE", `container ${id} has no cgroup that could be frozen`, {
    hint: "it was created without one of its own; give it a linux.cgroupsPath that is delegated to its user",
  });
}
