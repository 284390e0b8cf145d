// The text of config.json -> Config, or one error that lists all that is wrong. Pure.
// Spec: config.md

import { configError } from "../errors.ts";
import { addUser } from "./defaults.ts";
import { validate } from "./generated/config.js";
import { type JsonOptions, parseJson } from "./json.ts";
import { problemsOf } from "./problems.ts";
import { checkRules } from "./rules.ts";
import { tidy } from "./strings.ts";
import type { Config } from "./types.ts";

export function parseConfig(text: string, options: JsonOptions): Config {
  const document = options.document ?? "config.json";
  const value = parseJson(text, document, options.hasBigIntegers);
  const found = [...tidy(text, value), ...problemsOf(validate(value) ?? [], value)];

  // Nothing in a document that is no object can be read by a rule.
  const isObject = !found.some(({ at }) => at === "");
  const problems = isObject ? [...found, ...checkRules(value as Config, found)] : found;
  if (problems.length > 0) throw configError(document, problems);
  const config = value as Config;
  addUser(config.process);
  return config;
}
