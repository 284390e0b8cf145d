// Words what a validator found: the value, shortened, and what is allowed. Pure.

import type { Problem } from "../errors.ts";
import type { Failure } from "./checks.ts";
import { childPointer, valueAt } from "./pointer.ts";

const MAX_SHOWN = 60;

/** What a value of the kind is called. */
const KINDS = new Map<string, (allowed: unknown) => string>([
  ["type", (allowed) => (allowed === "array" ? "an array" : "an object")],
  ["text", () => "a string"],
  ["flag", () => "true or false"],
  ["within", (allowed) => `an integer from ${bounds(allowed as [number, number])}`],
  ["word", (allowed) => `one of ${(allowed as string[]).map((word) => word || '""').join(", ")}`],
  ["matches", (allowed) => `of the form ${allowed}`],
]);

/** `root` is the document that the failures' pointers lead into. */
export function problemsOf(failures: readonly Failure[], root: unknown): Problem[] {
  return failures.map(({ at, kind, allowed }) => {
    if (kind === "required")
      return { at: childPointer(at, String(allowed)), message: "is missing" };
    const name = KINDS.get(kind)?.(allowed);
    return { at, message: `${show(valueAt(root, at))} is not ${name}` };
  });
}

/** The value as a message shows it. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= MAX_SHOWN
    ? text
    : // what was cut may be half a surrogate pair
      `${text.slice(0, MAX_SHOWN).toWellFormed()}... (${String(value).length} characters)`;
}

/** Bounds beyond 2^53 stand for those of the 64-bit types: checks.ts. */
function bounds([low, high]: readonly [number, number]): string {
  const last = Number.isSafeInteger(high) ? BigInt(high) : BigInt(high) - 1n;
  return `${BigInt(low)} to ${last}`;
}
