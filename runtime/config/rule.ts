// What a rule is, and how a list of them is applied. Pure.

import type { Problem } from "../errors.ts";
import { areRelated } from "./pointer.ts";

/** Records one problem; `at` is relative to what the rule is given. */
export type Report = (at: string, message: string, hint?: string) => void;

/** One MUST that a schema can't say. */
export interface Rule<Value> {
  /** Pointers to all that it looks at: it runs only when the schema had nothing against these. */
  readonly reads: readonly string[];
  readonly check: (value: Value, report: Report) => void;
}

/** `at` is where the value stands in the document; `found` is what the schema had against the document. */
export function applyRules<Value>(
  rules: readonly Rule<Value>[],
  value: Value,
  at: string,
  found: readonly Problem[],
): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (place, message, hint) => {
    problems.push({ at: `${at}${place}`, message, ...(hint !== undefined && { hint }) });
  };
  for (const { reads, check } of rules) {
    const isReadable = !found.some((problem) =>
      reads.some((place) => areRelated(problem.at, `${at}${place}`)),
    );
    if (isReadable) check(value, report);
  }
  return problems;
}
