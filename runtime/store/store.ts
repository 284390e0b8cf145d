// The state directories of containers: claimed, locked, read, written, removed. Effects through the host.
// Layout: docs/architecture.md, "State directory".

import { RuntimeError } from "../errors.ts";
import type { Host, Lock } from "../host/host.ts";
import { decodeState, encodeState, type State } from "../lifecycle/state.ts";
import {
  attempt,
  callPhrase,
  failedWith,
  isSyscallError,
  type SyscallError,
} from "../lifecycle/syscall.ts";
import { checkId } from "./ids.ts";
import { FILES } from "./paths.ts";
import type { Root } from "./root.ts";

/** A state larger than this was not written by us. */
const STATE_LIMIT = 16 << 20;

/** As much as create takes. */
const CONFIG_LIMIT = 16 << 20;

/** How long a command waits for another one that works on the same container. */
const LOCK_TIMEOUT_MS = 10_000;

export interface Store {
  readonly host: Host;
  readonly root: Root;
}

export function directoryOf(store: Store, id: string): string {
  return `${store.root.path}/${id}`;
}

/** Makes the container's directory, which nobody else can have then, and locks it. */
export function claim(store: Store, id: string): Lock {
  const { host } = store;
  checkId(id);
  makeRoot(store);
  const directory = directoryOf(store, id);
  try {
    host.makeDir(directory, 0o700);
  } catch (error) {
    if (failedWith(error, "EEXIST")) {
      throw new RuntimeError("ERR_STATE", `container with given ID already exists: ${id}`, {
        cause: error,
      });
    }
    if (!isSyscallError(error)) throw error;
    throw cannotMake(directory, error);
  }
  try {
    return lock(store, id);
  } catch (error) {
    // Nobody has seen a container of this name yet, and nobody is to.
    host.removeTree(directory);
    throw error;
  }
}

function makeRoot({ host, root }: Store): void {
  try {
    host.makeDirs(root.path, root.mode);
  } catch (error) {
    throw isSyscallError(error) ? cannotMake(`the state directory ${root.path}`, error) : error;
  }
}

function cannotMake(what: string, error: SyscallError): RuntimeError {
  const isDenied = failedWith(error, "EACCES", "EROFS");
  return new RuntimeError("ERR_STATE", `cannot make ${what}: ${callPhrase(error)}`, {
    cause: error,
    ...(isDenied && { hint: "ordinary users need XDG_RUNTIME_DIR set, or --root" }),
  });
}

/** Waits for other commands on the container to end, and keeps new ones waiting. */
export function lock(store: Store, id: string): Lock {
  const held = lockWithin(store, id, LOCK_TIMEOUT_MS);
  if (held !== undefined) return held;
  const seconds = LOCK_TIMEOUT_MS / 1000;
  throw new RuntimeError(
    "ERR_STATE",
    `another command has been working on container ${id} for ${seconds} seconds`,
  );
}

/** The lock, or undefined when others still have it after `timeoutMs`. */
export function lockWithin(store: Store, id: string, timeoutMs: number): Lock | undefined {
  checkId(id);
  try {
    return store.host.lock(`${directoryOf(store, id)}/${FILES.lock}`, timeoutMs);
  } catch (error) {
    if (failedWith(error, "ENOENT", "ENOTDIR")) throw missing(error);
    if (failedWith(error, "EAGAIN", "ETIMEDOUT")) return undefined;
    throw error;
  }
}

/** Whether some command works on the container right now. */
export function isLocked(store: Store, id: string): boolean {
  const held = lockWithin(store, id, 1);
  held?.close();
  return held === undefined;
}

/** @throws RuntimeError when there is no such container */
export function load(store: Store, id: string): State {
  checkId(id);
  try {
    const { text } = store.host.readText(`${directoryOf(store, id)}/${FILES.state}`, STATE_LIMIT);
    return decodeState(text, id);
  } catch (error) {
    throw failedWith(error, "ENOENT", "ENOTDIR") ? missing(error) : error;
  }
}

export function save(store: Store, state: State): void {
  attempt(`write the state of container ${state.id}`, () =>
    store.host.writeText(
      `${directoryOf(store, state.id)}/${FILES.state}`,
      encodeState(state),
      0o600,
    ),
  );
}

/** Keeps the config as it was at creation: later edits of the bundle must not matter. */
export function saveConfig(store: Store, id: string, text: string): void {
  attempt(`write the config of container ${id}`, () =>
    store.host.writeText(`${directoryOf(store, id)}/${FILES.config}`, text, 0o600),
  );
}

/** The text that {@link saveConfig} kept. */
export function loadConfig(store: Store, id: string): { text: string; hasBigIntegers: boolean } {
  return attempt(`read the config of container ${id}`, () =>
    store.host.readText(`${directoryOf(store, id)}/${FILES.config}`, CONFIG_LIMIT),
  );
}

/** Forgets a container; one that is not there is no error. */
export function discard(store: Store, id: string): void {
  attempt(`remove the state of container ${id}`, () =>
    store.host.removeTree(directoryOf(store, id)),
  );
}

/** The names in use, sorted. A root that nobody named need not be there yet. */
export function ids({ host, root }: Store): string[] {
  try {
    return host.listDir(root.path).sort();
  } catch (error) {
    if (root.isDefault === true && failedWith(error, "ENOENT")) return [];
    if (!isSyscallError(error)) throw error;
    throw new RuntimeError("ERR_STATE", `cannot list the containers: ${callPhrase(error)}`, {
      hint: "--root names the directory that holds their states",
      cause: error,
    });
  }
}

/** Whether a name is in use, even if by an unreadable state. */
export function isUsed(store: Store, id: string): boolean {
  return store.host.exists(directoryOf(store, id));
}

function missing(cause: unknown): RuntimeError {
  return new RuntimeError("ERR_STATE", "container does not exist", { cause });
}
