// What a container's status is, and which commands each status allows. Pure.
// Spec: runtime.md#state, runtime.md#operations

import { RuntimeError } from "../errors.ts";

export type Status = "creating" | "created" | "running" | "paused" | "stopped";

/** What was seen of a container. */
export interface Signs {
  /** `create` finished its work. */
  readonly isReady: boolean;
  /** The command that creates it is still at work. */
  readonly isBeingCreated: boolean;
  /** Its first process is there, and no zombie. */
  readonly isAlive: boolean;
  /** Its first process waits for `start`. */
  readonly isWaiting: boolean;
  readonly isFrozen: boolean;
}

export function statusOf(signs: Signs): Status {
  if (!signs.isReady) return signs.isBeingCreated ? "creating" : "stopped";
  if (!signs.isAlive) return "stopped";
  if (signs.isFrozen) return "paused";
  return signs.isWaiting ? "created" : "running";
}

/** A command whose right to run depends on the status. */
export type Operation =
  | "start"
  | "kill"
  | "delete"
  | "exec"
  | "exec in paused"
  | "pause"
  | "resume"
  | "update"
  | "checkpoint";

type Refusal = (id: string, status: Status) => string;

const notStopped: Refusal = (id, status) =>
  `cannot delete container ${id} that is not stopped: ${status}`;
const cannotStart: Refusal = (_id, status) => `cannot start a container in the ${status} state`;

const cannotExec: Refusal = (_id, status) => `cannot exec in a ${status} container`;
const noCheckpoint: Refusal = (_id, status) =>
  `Container cannot be checkpointed in ${status} state`;
const notRunning: Refusal = () => "container not running";
const notPaused: Refusal = () => "container not paused";
const notMade =
  (refusal: Refusal): Refusal =>
  (id, status) =>
    `${refusal(id, status)}: it is still being created`;

/** Why not; what is absent is allowed. The words are runc's: engines and scripts match on them. */
const REFUSALS: Readonly<Record<Operation, Partial<Readonly<Record<Status, Refusal>>>>> = {
  start: {
    creating: cannotStart,
    running: () => "cannot start an already running container",
    paused: cannotStart,
    stopped: () => "cannot start a container that has stopped",
  },
  kill: { stopped: notRunning },
  // A created container was never started: nothing of it can be lost.
  delete: { creating: notStopped, running: notStopped, paused: notStopped },
  exec: {
    creating: () => "cannot exec in a container that is being created",
    paused: () => "cannot exec in a paused container (use --ignore-paused to override)",
    stopped: cannotExec,
  },
  "exec in paused": {
    creating: () => "cannot exec in a container that is being created",
    stopped: cannotExec,
  },
  pause: {
    creating: notMade(notRunning),
    paused: () => "container not running: it is paused already",
    stopped: notRunning,
  },
  resume: {
    creating: notMade(notPaused),
    created: notPaused,
    running: notPaused,
    stopped: notPaused,
  },
  update: { creating: notMade(notRunning), stopped: notRunning },
  checkpoint: { creating: noCheckpoint, created: noCheckpoint, stopped: noCheckpoint },
};

/** Throws when `operation` may not be done on a container of this status. */
export function checkStatus(operation: Operation, id: string, status: Status): void {
  const refusal = REFUSALS[operation][status];
  if (refusal !== undefined) throw new RuntimeError("ERR_STATE", refusal(id, status));
}
