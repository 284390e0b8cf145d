// What each kind of suite prints at its end, and what it means.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addCounts, type Counts, countsOf, formatCounts, judge } from "./counts.ts";

const test = suite("tally/counts");

const UVU =
  "\n  Total:     12\n\u001b[31m  Passed:    10\u001b[39m\n  Skipped:   2\n  Duration:  1ms\n";
const CARGO =
  "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n" +
  "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
const PLAIN =
  "cases: 5 passed, 0 failed\n7 passed, 0 failed, 1 skipped\n9 passed, 1 failed, 0 skipped\n";

const counts = (passed: number, failed: number, skipped: number): Counts => ({
  passed,
  failed,
  skipped,
});

test("countsOf() reads what uvu ran and how many of it passed", () => {
  assert.equal(countsOf(UVU, "uvu", 1), counts(10, 2, 2));
});

test("countsOf() adds up cargo's test programs", () => {
  assert.equal(countsOf(CARGO, "cargo", 1), counts(7, 2, 1));
});

test("countsOf() takes the last plain line", () => {
  assert.equal(countsOf(PLAIN, "plain", 1), counts(9, 1, 0));
});

test("countsOf() finds no counts in a stack trace", () => {
  for (const format of ["uvu", "cargo", "plain"] as const)
    assert.is(countsOf("Error: no\n    at main.ts:1", format, 1), null);
});

test("countsOf() makes one test of a command", () => {
  assert.equal(countsOf("", "exit", 0), counts(1, 0, 0));
  assert.equal(countsOf("", "exit", 2), counts(0, 1, 0));
});

test("judge() counts a failure that the counts do not show", () => {
  assert.equal(judge(counts(5, 0, 0), 1), counts(5, 1, 0));
  assert.equal(judge(counts(5, 2, 0), 1), counts(5, 2, 0));
  assert.equal(judge(counts(5, 0, 3), 0), counts(5, 0, 3));
});

test("judge() fails a suite that ran nothing or died", () => {
  assert.equal(judge(counts(0, 0, 0), 0), counts(0, 1, 0));
  assert.equal(judge(null, 0), counts(0, 1, 0));
});

test("formatCounts() prints the sum as one plain line", () => {
  const sum = addCounts([counts(1, 2, 3), counts(10, 0, 0)]);
  assert.is(formatCounts(sum), "11 passed, 2 failed, 3 skipped");
});

test.run();
