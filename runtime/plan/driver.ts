// Who makes a container's cgroups, where it is not the runtime itself. Types only: a driver is loaded when it is asked for.

import type { Linux } from "../config/types.ts";
import type { CompiledCgroups } from "./cgroup/compile.ts";
import type { CgroupLayout } from "./cgroup/path.ts";
import type { Context } from "./context.ts";
import type { Facts } from "./facts.ts";
import type { BusSocket } from "./ops.ts";

/** A unit of systemd, as later commands find it. */
export interface UnitRef {
  readonly name: string;
  /** Where its service manager is reached. */
  readonly bus: readonly BusSocket[];
  /** That of systemd. */
  readonly version: number;
}

export interface CgroupDriver {
  /** @throws RuntimeError (ERR_PLAN) when `linux.cgroupsPath` is none for it */
  layout(linux: Linux, facts: Facts, id: string): CgroupLayout;
  /** Where it makes units. */
  unit?(linux: Linux, id: string): UnitRef;
  compile(context: Context): CompiledCgroups;
}

export type UnitDriver = CgroupDriver & Required<Pick<CgroupDriver, "unit">>;
