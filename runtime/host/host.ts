// The only door to the world: the addon's functions, typed by the declarations generated from its Rust source.
// Node and the launcher pass the same module.

import type * as addon from "../../native/addon/index.d.ts";

/** What the addon exports. */
export type Host = typeof addon;

export type {
  CgroupFile,
  CgroupPath,
  Criu,
  CriuEvent,
  CriuOptions,
  Facts,
  HookResult,
  HookRun,
  Launch,
  LaunchEvent,
  Lock,
  Notify,
  Plan,
} from "../../native/addon/index.d.ts";

/** Looks one variable of the caller's environment up; throws if its value is not UTF-8. */
export type Env = (name: string) => string | undefined;
