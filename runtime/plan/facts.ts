// What the compiler needs to know of the host, as the addon's facts() gives it. Types only.

import type * as addon from "../../native/addon/index.d.ts";
import type { DeepReadonly } from "../config/types.ts";

/** One mounted cgroup hierarchy. A named one has `name=...` as its controller. */
export interface Hierarchy extends DeepReadonly<addon.Hierarchy> {}

export interface CgroupFacts extends DeepReadonly<addon.CgroupFacts> {}

export interface Facts extends DeepReadonly<addon.Facts> {
  /** The caller itself is in a user namespace other than the first: mknod(2) and bpf(2) are not for it. */
  readonly inUserNamespace?: boolean;
  /** There, for good: setgroups(2) is not for it, nor for user namespaces beneath it. */
  readonly deniesSetgroups?: boolean;
  /** There, in a mount namespace of somebody else: it can't copy mounts, only the init in a new one can. */
  readonly hasForeignMounts?: boolean;
}
