// Refuses what no kernel interface can carry (NUL, lone surrogates) and what JavaScript might trip over
// (`__proto__`), and drops properties that are null, which to every Go program means "absent". Changes the value.

import type { Problem } from "../errors.ts";
import { childPointer } from "./pointer.ts";

/** Escapes that can make a NUL, a surrogate or a letter of `__proto__`; not those that Go writes for <, > and &. */
const ODD_ESCAPE = /\\u(?:0000|00[567]|[dD])/;
const NULL_PROPERTY = /:\s*null/;

/** Walks the value only if the text has something to find in it: on QuickJS a walk costs more than validation. */
export function tidy(text: string, value: unknown): Problem[] {
  const hasOddText =
    !text.isWellFormed() || has(text, "__proto__") || (has(text, "\\u") && ODD_ESCAPE.test(text));
  const hasNull = has(text, "null") && NULL_PROPERTY.test(text);
  return hasOddText || hasNull ? walk(value) : [];
}

/** QuickJS's `includes` compares at every place of a text, its `split` only where the first letter is. */
function has(text: string, part: string): boolean {
  return text.split(part, 2).length > 1;
}

/** With a stack of its own: a text may be nested deeper than an engine's. */
function walk(root: unknown): Problem[] {
  const problems: Problem[] = [];
  const rest: [value: unknown, at: string][] = [[root, ""]];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [value, at] = next;
    if (typeof value === "string") problems.push(...stringProblems(value, at));
    if (typeof value !== "object" || value === null) continue;
    const children: typeof rest = [];
    for (const [key, child] of Object.entries(value)) {
      const place = childPointer(at, key);
      problems.push(...keyProblems(key, place));
      if (child === null && !Array.isArray(value)) Reflect.deleteProperty(value, key);
      else children.push([child, place]);
    }
    for (const child of children.reverse()) rest.push(child);
  }
  return problems;
}

function keyProblems(key: string, at: string): Problem[] {
  if (key === "__proto__") return [{ at, message: "is not allowed as a name" }];
  return stringProblems(key, at);
}

function stringProblems(text: string, at: string): Problem[] {
  if (text.includes("\0")) return [{ at: shown(at), message: "must not contain a NUL byte" }];
  if (!text.isWellFormed())
    return [{ at: shown(at), message: "must not contain half a surrogate pair" }];
  return [];
}

/** A pointer goes into a message, and that into a log. */
function shown(at: string): string {
  return at.toWellFormed().replaceAll("\0", "\\u0000");
}
