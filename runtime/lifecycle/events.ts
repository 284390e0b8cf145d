// Tells what happens to a container until it ends: statistics at intervals, and each want of memory. Effects through
// the host.

import { RuntimeError } from "../errors.ts";
import { load, type Store } from "../store/store.ts";
import { observe } from "./observe.ts";
import { processOf, type State } from "./state.ts";
import { memoryCgroup, statsCollector } from "./stats.ts";
import { attempt } from "./syscall.ts";

/** One line of the output, in runc's shape. */
export type Event =
  | { readonly type: "stats"; readonly id: string; readonly data: object }
  | { readonly type: "oom"; readonly id: string };

export interface Follow {
  readonly intervalMs: number;
  readonly tell: (event: Event) => void;
  /** Something that is no event, and no reason to end. */
  readonly warn: (message: string) => void;
  /** Milliseconds; a clock that is set back delays nothing by more than an interval. */
  readonly clock: () => number;
}

export function statsNow(store: Store, id: string): Event {
  const state = loadRunning(store, id);
  return { type: "stats", id, data: statsCollector(store, state)() };
}

/** Returns when the container's first process is gone. */
export function followEvents(store: Store, id: string, follow: Follow): void {
  const state = loadRunning(store, id);
  const collect = statsCollector(store, state);
  const { pid, startTime } = processOf(state)!;
  const memory = memoryCgroup(store.host, state);
  if (memory === undefined) {
    follow.warn("the host has no memory controller: no want of memory will be told");
  }
  const watch = attempt(`watch container ${id}`, () => {
    const cgroup = memory === undefined ? null : { root: memory.root, path: memory.path };
    return new store.host.Watch(pid, startTime, cgroup);
  });
  try {
    let next = follow.clock() + follow.intervalMs;
    for (;;) {
      const rest = Math.min(Math.ceil(next - follow.clock()), follow.intervalMs);
      const happened = watch.wait(Math.max(1, rest));
      if (happened === "end") return;
      if (happened === "oom") follow.tell({ type: "oom", id });
      if (happened !== "timeout" && follow.clock() < next) continue;
      next = follow.clock() + follow.intervalMs;
      tellStats(id, collect, follow);
    }
  } finally {
    watch.close();
  }
}

/** It may be on its way out: whether it is, the next wait tells. */
function tellStats(id: string, collect: () => object, { tell, warn }: Follow): void {
  let data: object;
  try {
    data = collect();
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    warn(error.message);
    return;
  }
  tell({ type: "stats", id, data });
}

function loadRunning(store: Store, id: string): State {
  const state = load(store, id);
  if (observe(store, state) !== "stopped" && state.isReady) return state;
  throw new RuntimeError("ERR_STATE", `container with id ${id} is not running`);
}
