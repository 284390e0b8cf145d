// Outcomes held against the table of what is expected. Pure.

import type { Expected, World } from "./expected.ts";

export interface Judged {
  readonly test: string;
  readonly failures: readonly string[];
}

export function expectedIn(
  table: readonly Expected[],
  test: string,
  world: World,
  isMet: (need: string) => boolean,
): Expected | undefined {
  return table.find(
    ({ tests, worlds, needs }) =>
      tests.includes(test) &&
      (worlds === undefined || worlds.includes(world)) &&
      (needs === undefined || !needs.every(isMet)),
  );
}

/** What is not as expected, in words; null when all is. */
export function surprise({ failures }: Judged, expected: Expected | undefined): string | null {
  if (expected === undefined)
    return failures.length === 0 ? null : `fails: ${[...new Set(failures)].join("; ")}`;
  if (failures.length === 0)
    return expected.unsteady === undefined ? "passes, though a failure is recorded" : null;
  const others = failures.filter((title) => !expected.fails.some((part) => title.includes(part)));
  if (others.length > 0) return `fails in another way: ${others.join("; ")}`;
  const missed = expected.fails.filter((part) => !failures.some((title) => title.includes(part)));
  return missed.length === 0 ? null : `does not fail any more: ${missed.join("; ")}`;
}
