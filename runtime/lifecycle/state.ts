// What is kept of a container between commands, its JSON, and the documents that others get to see. Pure.
// Spec: runtime.md#state

import type { Hook } from "../config/types.ts";
import { RuntimeError } from "../errors.ts";
import type { CgroupPath } from "../host/host.ts";
import type { UnitRef } from "../plan/driver.ts";
import { isState } from "./state-check.ts";
import type { Status } from "./status.ts";
import type { Step } from "./syscall-error.ts";

/** The file whose text tells whether the container is frozen. */
export interface Freezer extends CgroupPath {
  /** `freezer.state` (v1) or `cgroup.freeze` (v2). */
  readonly file: string;
}

export interface State {
  /** Of this format. */
  readonly version: 1;
  /** "Version of the specification with which the state complies": this runtime's, whatever the config's is. */
  readonly ociVersion: string;
  readonly id: string;
  readonly bundle: string;
  readonly rootfs: string;
  /** RFC 3339, UTC. */
  readonly created: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** User id of whoever created it. */
  readonly owner: number;
  /** `create` did all its work. */
  readonly isReady: boolean;
  /** Of the first process, once it is there. */
  readonly pid?: number;
  /** Field 22 of /proc/PID/stat, decimal: with the pid it names one process for good. */
  readonly startTime?: string;
  /** A kill of the first process ends all others. */
  readonly hasPidNamespace: boolean;
  /** Those that were made for it, to be removed. */
  readonly cgroups: readonly CgroupPath[];
  /** One that all its processes are in. */
  readonly processes?: CgroupPath;
  readonly freezer?: Freezer;
  /** What later commands run, so that they need not read the config. */
  readonly poststart?: readonly Hook[];
  readonly poststop?: readonly Hook[];
  /** The steps of the plan's init list that come after `create`, and the index of the first. */
  readonly late?: { readonly first: number; readonly steps: readonly Step[] };
  /** Its processes keep their caller's session keyring. */
  readonly hasNoKeyring?: true;
  /** CRIU made it: it is in a time namespace of its own, whatever its config says. */
  readonly isRestored?: true;
  /** The unit of systemd that it is in. */
  readonly unit?: UnitRef;
  /** The socket directory that NOTIFY_SOCKET asked for. */
  readonly notify?: string;
}

export function encodeState(state: State): string {
  return JSON.stringify(state);
}

/** @throws RuntimeError when the text is no state of this version */
export function decodeState(text: string, id: string): State {
  const state = parseObject(text);
  if (!isState(state) || state?.id !== id) {
    throw new RuntimeError(
      "ERR_STATE",
      `the state of container ${id} is damaged or of another version`,
      {
        hint: `trunc delete --force ${id} removes what is left`,
      },
    );
  }
  return state as unknown as State;
}

/** The process that the state names, if it got as far. */
export function processOf(state: State): { pid: number; startTime: bigint } | undefined {
  if (state.pid === undefined || state.startTime === undefined) return undefined;
  return { pid: state.pid, startTime: BigInt(state.startTime) };
}

/** The state that hooks get on standard input, and seccomp agents in their message. */
export interface OciState {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: Status;
  readonly pid?: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function ociState(state: State, status: Status): OciState {
  return {
    ociVersion: state.ociVersion,
    id: state.id,
    status,
    ...(state.pid !== undefined && status !== "stopped" && { pid: state.pid }),
    bundle: state.bundle,
    ...(state.annotations !== undefined && { annotations: state.annotations }),
  };
}

/** One container in the output of `state` and `list`, with runc's properties in runc's order. */
export interface StateReport {
  readonly ociVersion: string;
  readonly id: string;
  /** 0 when stopped. */
  readonly pid: number;
  readonly status: Status;
  readonly bundle: string;
  readonly rootfs: string;
  readonly created: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner: string;
}

export function stateReport(state: State, status: Status, owner: string): StateReport {
  return {
    ociVersion: state.ociVersion,
    id: state.id,
    pid: status === "stopped" ? 0 : (state.pid ?? 0),
    status,
    bundle: state.bundle,
    rootfs: state.rootfs,
    created: state.created,
    ...(state.annotations !== undefined && { annotations: state.annotations }),
    owner,
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
