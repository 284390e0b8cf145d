// Where programs of the host are looked for. Pure.

import type { Env } from "../host/host.ts";

/** What a shell takes where the caller has none. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function searchPath(env: Env): string {
  return env("PATH") || DEFAULT_PATH;
}
