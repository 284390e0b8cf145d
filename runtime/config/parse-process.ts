// The text of a process file, as `exec --process` takes it -> Process. Pure.
// Spec: config.md#process

import { configError } from "../errors.ts";
import { addUser } from "./defaults.ts";
import { validate } from "./generated/process.js";
import { type JsonOptions, parseJson } from "./json.ts";
import { problemsOf } from "./problems.ts";
import { applyRules } from "./rule.ts";
import { PROCESS_RULES } from "./rules/process.ts";
import { tidy } from "./strings.ts";
import type { Process } from "./types.ts";

export function parseProcess(text: string, options: JsonOptions): Process {
  const document = options.document ?? "process.json";
  const value = parseJson(text, document, options.hasBigIntegers);
  const found = [...tidy(text, value), ...problemsOf(validate(value) ?? [], value)];

  const isObject = !found.some(({ at }) => at === "");
  const broken = isObject ? applyRules(PROCESS_RULES, value as Process, "", found) : [];
  if (found.length + broken.length > 0) throw configError(document, [...found, ...broken]);
  const process = value as Process;
  addUser(process);
  return process;
}
