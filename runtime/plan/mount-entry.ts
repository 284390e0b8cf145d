// One entry of `mounts`, as the files for the kinds of mounts get it. Types only.

import type { Mount } from "../config/types.ts";
import type { MountOptions } from "./mount-options.ts";

/** One entry of `mounts`, read. */
export interface MountEntry {
  /** Its JSON pointer. */
  readonly at: string;
  readonly mount: Mount;
  /** Absolute in the container, links not resolved. */
  readonly target: string;
  readonly options: MountOptions;
}
