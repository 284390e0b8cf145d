// What the lifecycle's tests share: one container, its request and its state, in a world in memory.

import type { Config, Hooks } from "../config/types.ts";
import { EMPTY_PLAN, event, fakeWorld, type World } from "../host/testing.ts";
import type { Store } from "../store/store.ts";
import { type Created, type CreateRequest, createContainer } from "./create.ts";
import { decodeState, type State } from "./state.ts";

export const DIR = "/run/trunc/c1";
export const CGROUP = { root: "/c", path: "/x" };
export const CONFIG: Config = {
  ociVersion: "1.3.0",
  process: { args: ["sh"], cwd: "/", user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  linux: { namespaces: [{ type: "pid" }] },
};
export const HOOKS: Hooks = {
  prestart: [{ path: "/pre" }],
  createRuntime: [{ path: "/rt" }],
  poststart: [{ path: "/post" }],
  poststop: [{ path: "/stop" }, { path: "/stop2" }],
};
export const PLAN = {
  ...EMPTY_PLAN,
  init: [
    { op: "resolveProgram", at: "/process/args/0", name: "sh", search: "/bin" },
    { op: "ready", at: "" },
    { op: "waitStart", at: "", go: 0, result: 1 },
    { op: "exec", at: "/process/args", args: ["sh"], env: [] },
  ],
} as never;

export function request(more: Partial<CreateRequest> = {}): CreateRequest {
  return {
    id: "c1",
    bundle: "/b",
    config: CONFIG,
    configText: "{}",
    compiled: { plan: PLAN, cgroups: [CGROUP], resctrlGroups: [], processes: CGROUP, warnings: [] },
    owner: 0,
    now: "2026-11-22T14:00:50Z",
    isTraced: false,
    ...more,
  };
}

export function storeIn(world: World): Store {
  return { host: world.host, root: { path: "/run/trunc", mode: 0o700 } };
}

export function stateIn(world: World): State {
  return decodeState(world.files.get(`${DIR}/state.json`)!, "c1");
}

/** Effects but writes of the state directory. */
export function effects(world: World): string[] {
  return world.calls.filter((call) => !call.startsWith("writeText") && !call.startsWith("make"));
}

export function hookCalls(world: World): string[] {
  return world.calls
    .filter((call) => call.startsWith("runHook"))
    .map((call) => {
      const [, path, ...json] = call.split(" ");
      const { status, pid } = JSON.parse(json.join(" "));
      return `${path} ${status} ${pid}`;
    });
}

/** The message of what the action throws, with its hint. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    return hint === undefined ? message : `${message}; hint: ${hint}`;
  }
  return "nothing was thrown";
}

/** A created container, with the fifo that the addon would have made. */
export function created(more: Partial<CreateRequest> = {}): {
  world: World;
  store: Store;
  made: Created;
} {
  const world = fakeWorld();
  const store = storeIn(world);
  world.events.push(event("ready"));
  const made = createContainer(store, request(more));
  made.lock.close();
  world.files.set(`${DIR}/start`, "");
  world.calls.length = 0;
  return { world, store, made };
}
