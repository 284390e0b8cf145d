// The processes of a container, as the host numbers them. Effects through the host.

import { RuntimeError } from "../errors.ts";
import { load, type Store } from "../store/store.ts";
import { attempt } from "./syscall.ts";

/** Sorted; those of all cgroups below are in it. */
export function processesOf(store: Store, id: string): number[] {
  const { processes } = load(store, id);
  if (processes === undefined) {
    throw new RuntimeError(
      "ERR_STATE",
      `container ${id} has no cgroup of its own to tell its processes by`,
    );
  }
  return attempt(`list the processes of container ${id}`, () =>
    store.host.cgroupProcs(processes.root, processes.path),
  );
}
