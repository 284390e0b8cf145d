// Changes the limits of a container: all of what is asked for, or nothing. Effects through the host.

import { writeJson } from "../config/json-write.ts";
import type { Linux } from "../config/types.ts";
import { RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { undoWrites, writtenFiles } from "../plan/cgroup/restore.ts";
import { type Change, type CompiledUpdate, compileUpdate } from "../plan/cgroup/update.ts";
import type { Facts } from "../plan/facts.ts";
import type { HostOp } from "../plan/ops.ts";
import { load, type Store, saveConfig } from "../store/store.ts";
import { lockMade } from "./lock.ts";
import { checkRoom, withUsage } from "./memory-usage.ts";
import { observe } from "./observe.ts";
import { savedConfig } from "./saved-config.ts";
import { checkStatus } from "./status.ts";
import { isSyscallError } from "./syscall.ts";
import { launchError, stepOf } from "./syscall-error.ts";
import { targetsOf } from "./targets.ts";

export interface Caller {
  readonly facts: Facts;
  readonly isRootless: boolean;
}

/** Returns what is worth a warning. */
export function updateContainer(
  store: Store,
  id: string,
  change: Change,
  { facts, isRootless }: Caller,
): readonly string[] {
  const held = lockMade(store, id, "update");
  try {
    const state = load(store, id);
    checkStatus("update", id, observe(store, state, true));
    const config = savedConfig(store, id);
    const linux: Linux = config.linux ?? {};
    const layout = { targets: targetsOf(state, store.host.facts()), shared: [], cloneInto: "" };
    const { unit } = state;
    const context = { id, linux, layout, facts, isRootless, ...(unit !== undefined && { unit }) };
    const compiled = compileUpdate(context, change);
    checkRoom(store.host, layout, change.resources);
    perform(store.host, compiled, () =>
      saveConfig(store, id, writeJson({ ...config, linux: compiled.linux })),
    );
    return compiled.warnings;
  } finally {
    held.close();
  }
}

/** Later commands must see what is in force: when it can't be saved, it is not to be in force either. */
function perform(host: Host, compiled: CompiledUpdate, save: () => void): void {
  const ops = [...compiled.ops];
  const files = writtenFiles(ops);
  const texts = host.readCgroupFiles(files);
  const oldText: Parameters<typeof undoWrites>[1] = ({ root, path, file }) =>
    texts[files.findIndex((one) => one.file === file && one.root === root && one.path === path)] ??
    null;
  let done = 0;
  try {
    host.applyOps(ops);
    done = ops.length;
    save();
  } catch (error) {
    if (isSyscallError(error)) done = error.op ?? 0;
    const finished = ops.slice(0, done);
    const undo = undoWrites(finished, oldText);
    if (finished.some(isForDevices)) undo.unshift(...compiled.deviceUndo);
    if (finished.some(({ op }) => op === "setUnitProperties")) undo.unshift(...compiled.unitUndo);
    const stayed = undoAll(host, undo);
    const failed = ops[done];
    const told = launchError(error, () => stepOf(failed), "update the container");
    throw withUndoing(withUsage(host, failed, told), finished.length > 0, stayed);
  }
}

function isForDevices(op: HostOp): boolean {
  return op.op === "deviceProgram" || (op.op === "writeCgroup" && /^devices\./.test(op.file));
}

/** Each for itself: of two limits that depend on each other the first may be refused until the second is back. */
function undoAll(host: Host, undo: readonly HostOp[]): string[] {
  const stayed = new Set<string>();
  for (const op of undo) {
    const name = op.op === "writeCgroup" ? op.file : op.op;
    try {
      host.applyOps([op]);
      stayed.delete(name);
    } catch {
      stayed.add(name);
    }
  }
  return [...stayed];
}

function withUndoing(error: unknown, wasChanged: boolean, stayed: readonly string[]): unknown {
  if (!(error instanceof RuntimeError) || !wasChanged) return error;
  const { code, at, hint } = error;
  const words =
    stayed.length === 0
      ? "nothing was changed"
      : `these could not be put back to what they were: ${stayed.join(", ")}`;
  return new RuntimeError(code, `${error.message}; ${words}`, {
    ...(at !== undefined && { at }),
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}
