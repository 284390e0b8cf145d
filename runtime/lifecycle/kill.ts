// Sends a signal to a container. Effects through the host.
// Spec: runtime.md#kill

import { RuntimeError } from "../errors.ts";
import { load, type Store } from "../store/store.ts";
import { processOf, type State } from "./state.ts";
import { attempt } from "./syscall.ts";

const SIGKILL = 9;

/** `isForAll`: every process of the container, even when the first one is gone. */
export function killContainer(store: Store, id: string, signal: number, isForAll: boolean): void {
  const state = load(store, id);
  const cgroup = state.processes;
  // Without a pid namespace the first process's death does not end the others.
  if (cgroup !== undefined && (isForAll || (signal === SIGKILL && !state.hasPidNamespace))) {
    attempt(`signal the processes of container ${id}`, () =>
      store.host.killCgroup(cgroup.root, cgroup.path, signal),
    );
  } else if (!signalInit(store, state, signal) && !isForAll) {
    throw new RuntimeError("ERR_STATE", "container not running");
  }
  if (signal === SIGKILL) thaw(store, state);
}

/** False when the first process is gone, or is a zombie. */
export function signalInit(store: Store, state: State, signal: number): boolean {
  const process = processOf(state);
  if (process === undefined) return false;
  return attempt("signal init", () => store.host.signal(process.pid, process.startTime, signal));
}

/** A frozen process of cgroup v1 does not even die. */
export function thaw({ host }: Store, { freezer }: State): void {
  if (freezer?.file !== "freezer.state") return;
  const text = host.readCgroup(freezer.root, freezer.path, freezer.file);
  if (text === null || text.startsWith("THAWED")) return;
  host.writeCgroup(freezer.root, freezer.path, freezer.file, "THAWED");
}
