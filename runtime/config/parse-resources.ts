// The text that `update --resources` takes -> Resources. Pure.
// Spec: config-linux.md#control-groups

import { configError } from "../errors.ts";
import { validate } from "./generated/resources.js";
import { type JsonOptions, parseJson } from "./json.ts";
import { problemsOf } from "./problems.ts";
import { applyRules } from "./rule.ts";
import { RESOURCE_RULES } from "./rules/resources.ts";
import { tidy } from "./strings.ts";
import type { Resources } from "./types.ts";

export function parseResources(text: string, options: JsonOptions): Resources {
  const document = options.document ?? "resources.json";
  const value = parseJson(text, document, options.hasBigIntegers);
  const found = [...tidy(text, value), ...problemsOf(validate(value) ?? [], value)];

  const isObject = !found.some(({ at }) => at === "");
  const broken = isObject ? applyRules(RESOURCE_RULES, value as Resources, "", found) : [];
  if (found.length + broken.length > 0) throw configError(document, [...found, ...broken]);
  return value as Resources;
}
