// Stops all processes of a container and lets them go on. Effects through the host.

import { RuntimeError } from "../errors.ts";
import { load, type Store } from "../store/store.ts";
import { thaw } from "./kill.ts";
import { lockMade } from "./lock.ts";
import { observe } from "./observe.ts";
import type { Freezer, State } from "./state.ts";
import { checkStatus } from "./status.ts";
import { attempt, failedWith } from "./syscall.ts";

/** Processes stand still within microseconds, but for one in a call that can't be interrupted. */
const FREEZE_TIMEOUT_MS = 10_000;

const STATUS_LIMIT = 65_536;

export function pauseContainer(store: Store, id: string): void {
  const held = lockMade(store, id, "pause");
  try {
    const state = load(store, id);
    checkStatus("pause", id, observe(store, state, true));
    freeze(store, state);
    if (!isDyingOrThaw(store, state)) return;
    thaw(store, state);
    checkStatus("pause", id, "stopped");
  } finally {
    held.close();
  }
}

export function resumeContainer(store: Store, id: string): void {
  const held = lockMade(store, id, "resume");
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

/** The bit of SIGKILL in the sets of /proc/PID/status. */
const SIGKILL_BIT = 1n << 8n;

/**
 * Whether `kill` was here just before: a process of v1 that is frozen with a SIGKILL pending does not die of it. `kill` looks
 * at the freezer after its signal and we for the signal after the freezer, so one of the two sees the other.
 */
function isDying({ host }: Store, { freezer, pid }: State): boolean {
  if (freezer?.file !== "freezer.state") return false;
  try {
    const { text } = host.readText(`/proc/${pid}/status`, STATUS_LIMIT);
    return [...text.matchAll(/^(?:SigPnd|ShdPnd):\s*(\w+)$/gm)].some(
      ([, set]) => (BigInt(`0x${set}`) & SIGKILL_BIT) !== 0n,
    );
  } catch (error) {
    // Dead: nothing is held up.
    if (failedWith(error, "ENOENT", "ESRCH")) return false;
    throw error;
  }
}

/** A pause that fails has stopped nothing. */
function isDyingOrThaw(store: Store, state: State): boolean {
  try {
    return isDying(store, state);
  } catch (error) {
    thaw(store, state);
    throw error;
  }
}

function freezerOf({ id, freezer }: State): Freezer {
  if (freezer !== undefined) return freezer;
  throw new RuntimeError("ERR_STATE", `container ${id} has no cgroup that could be frozen`, {
    hint: "it was created without one of its own; give it a linux.cgroupsPath that is delegated to its user",
  });
}
