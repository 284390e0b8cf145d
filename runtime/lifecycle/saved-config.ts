// The copy of a container's config that was kept at its creation. Effects through the host.

import { parseSaved } from "../config/parse-saved.ts";
import type { Config } from "../config/types.ts";
import { loadConfig, type Store } from "../store/store.ts";

export function savedConfig(store: Store, id: string): Config {
  const { text, hasBigIntegers } = loadConfig(store, id);
  return parseSaved(text, { hasBigIntegers });
}
