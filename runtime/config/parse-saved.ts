// The text of a container's kept config.json -> Config, without checking again what was checked when it was kept. Pure.

import { addUser } from "./defaults.ts";
import { type JsonOptions, parseJson } from "./json.ts";
import { tidy } from "./strings.ts";
import type { Config } from "./types.ts";

export function parseSaved(text: string, options: JsonOptions): Config {
  const value = parseJson(text, options.document ?? "config.json", options.hasBigIntegers);
  // drops properties that are null, as was done then
  tidy(text, value);
  const config = value as Config;
  addUser(config.process);
  return config;
}
