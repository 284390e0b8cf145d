// Reads how many tests passed from what a suite printed. Pure.

import { stripVTControlCharacters } from "node:util";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How a suite counts; "exit": it is one test, its exit code the result. */
export type Format = "uvu" | "cargo" | "plain" | "exit";

const CARGO = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm;
const PLAIN = /^(\d+) passed, (\d+) failed, (\d+) skipped$/gm;
const UVU = /^ *Total: +(\d+)\n *Passed: +(\d+)\n *Skipped: +(\d+)$/gm;

/** Null when the output has no counts: the suite died before it could print them. */
export function countsOf(output: string, format: Format, exitCode: number): Counts | null {
  const text = stripVTControlCharacters(output);
  if (format === "exit") return count(exitCode === 0 ? 1 : 0, exitCode === 0 ? 0 : 1, 0);
  if (format === "plain") return lastOf(numbers(text, PLAIN));
  if (format === "cargo") return sumOf(numbers(text, CARGO));
  // uvu prints how many it ran, not how many failed.
  return sumOf(numbers(text, UVU).map(([ran, passed, skipped]) => [passed, ran - passed, skipped]));
}

/** What a suite's end means: a failure that no count shows is one more. */
export function judge(counts: Counts | null, exitCode: number): Counts {
  if (counts === null) return count(0, 1, 0);
  const ran = counts.passed + counts.failed + counts.skipped;
  const isHidden = counts.failed === 0 && (exitCode !== 0 || ran === 0);
  return isHidden ? { ...counts, failed: 1 } : counts;
}

export function addCounts(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, { passed, failed, skipped }) =>
      count(sum.passed + passed, sum.failed + failed, sum.skipped + skipped),
    count(0, 0, 0),
  );
}

export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

type Triple = readonly [number, number, number];

function numbers(text: string, pattern: RegExp): Triple[] {
  return [...text.matchAll(pattern)].map(([, a, b, c]) => [Number(a), Number(b), Number(c)]);
}

/** A suite may print the counts of its parts before its own. */
function lastOf(triples: readonly Triple[]): Counts | null {
  const last = triples.at(-1);
  return last === undefined ? null : count(...last);
}

function sumOf(triples: readonly Triple[]): Counts | null {
  return triples.length === 0 ? null : addCounts(triples.map((triple) => count(...triple)));
}

function count(passed: number, failed: number, skipped: number): Counts {
  return { passed, failed, skipped };
}
