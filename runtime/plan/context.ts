// What every part of the compiler is given. The two lists grow while it works; nothing else changes.

import type { Config, Linux } from "../config/types.ts";
import type { CgroupLayout } from "./cgroup/path.ts";
import type { Facts } from "./facts.ts";
import type { FdOp, Join } from "./ops.ts";
import type { PlanOptions } from "./options.ts";

/** Which namespaces the container has of its own. */
export interface Namespaces {
  /** `CLONE_NEW*` bits of those that are made. */
  readonly made: number;
  /** `CLONE_NEW*` bits of those that are made or joined. */
  readonly all: number;
  /** The user namespace first: it owns the others. */
  readonly joins: Join[];
  /** Pointers of the made ones by their bit. */
  readonly at: ReadonlyMap<number, string>;
}

export interface Context {
  readonly config: Config;
  /** Empty when the config has none. */
  readonly linux: Linux;
  readonly facts: Facts;
  readonly options: PlanOptions;
  readonly namespaces: Namespaces;
  readonly cgroups: CgroupLayout;
  /** Absolute path of the root file system on the host. */
  readonly rootfs: string;
  /** Descriptors for the init: operations name them by their index. */
  readonly fds: FdOp[];
  /** One line each, for the log. */
  readonly warnings: string[];
}

/** Adds a descriptor; its index. */
export function addFd(context: Context, fd: FdOp): number {
  return context.fds.push(fd) - 1;
}
