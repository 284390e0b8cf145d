import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseRanges } from "./ranges.ts";

const test = suite("ranges");

test("parseRanges() reads what the kernel writes", () => {
  assert.equal(parseRanges("0-3,7"), [
    { first: 0, last: 3 },
    { first: 7, last: 7 },
  ]);
  assert.equal(parseRanges(" 1 ,, 2-2\n"), [
    { first: 1, last: 1 },
    { first: 2, last: 2 },
  ]);
  assert.equal(parseRanges(""), []);
});

test("parseRanges() refuses everything else", () => {
  for (const list of ["a", "-1", "1-", "3-1", "1 2", "0x1", "8192", "1-99999", "1.5"]) {
    assert.is(parseRanges(list), null, list);
  }
});

test.run();
