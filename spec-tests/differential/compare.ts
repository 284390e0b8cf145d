// Two outcomes -> what differs, and which of it is accepted. Pure.

import type { Accepted } from "./accepted.ts";
import type { Outcome, Part } from "./outcome.ts";

export interface Difference {
  readonly part: Part;
  readonly runc: string;
  readonly trunc: string;
}

export function differences(runc: Outcome, trunc: Outcome): Difference[] {
  const parts = new Set([...runc.keys(), ...trunc.keys()]);
  return [...parts]
    .map((part) => ({ part, runc: runc.get(part) ?? "", trunc: trunc.get(part) ?? "" }))
    .filter(({ runc, trunc }) => runc !== trunc);
}

/** Whether `accepted` is about this difference of the case that `name` ("TABLE: NAME") names. */
export function covers(accepted: Accepted, name: string, difference: Difference): boolean {
  const part = difference.part.split(" ")[0] as Part | "file";
  return (
    accepted.parts.includes(part) &&
    (accepted.cases?.test(name) ?? true) &&
    (accepted.runc?.test(difference.runc) ?? true) &&
    (accepted.trunc?.test(difference.trunc) ?? true) &&
    (accepted.isMore !== true || hasAllLines(difference))
  );
}

function hasAllLines({ runc, trunc }: Difference): boolean {
  const lines = new Set(trunc.split("\n"));
  return runc.split("\n").every((line) => lines.has(line));
}

/** The first cells of the tables in a Markdown text. */
export function rowsOf(markdown: string): Set<string> {
  const cells = [...markdown.matchAll(/^\| (.*?) \|/gm)].map((match) => match[1]!);
  return new Set(cells);
}
