import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectedIn, surprise } from "./compare-expected.ts";
import type { Expected } from "./expected.ts";

const test = suite("conformance/compare-expected");

const ENTRY: Expected = {
  tests: ["a"],
  fails: ["limit is set", "exit 1"],
  cause: "machine",
  reason: "no memory",
};

const CASES: [
  what: string,
  failures: string[],
  expected: Expected | undefined,
  problem: string | null,
][] = [
  ["a pass where none is recorded as failing", [], undefined, null],
  ["a failure that is not recorded", ["b", "b"], undefined, "fails: b"],
  ["the failures that are recorded", ["the limit is set to 3", "exit 1: x"], ENTRY, null],
  ["an unexpected pass", [], ENTRY, "passes, though a failure is recorded"],
  ["a pass of what is unsteady", [], { ...ENTRY, unsteady: "at times" }, null],
  ["one failure more", ["limit is set", "exit 1", "c"], ENTRY, "fails in another way: c"],
  ["one failure less", ["exit 1"], ENTRY, "does not fail any more: limit is set"],
];

for (const [what, failures, expected, problem] of CASES) {
  test(`surprise() judges ${what}`, () => {
    assert.is(surprise({ test: "a", failures }, expected), problem);
  });
}

test("expectedIn() takes the entry of the test, the world and the machine", () => {
  const table: Expected[] = [
    { ...ENTRY, worlds: ["v2"] },
    { ...ENTRY, needs: ["net"] },
  ];
  const find = (world: "hybrid" | "v2", isMet: boolean) =>
    expectedIn(table, "a", world, () => isMet);
  assert.is(find("v2", true), table[0]);
  assert.is(find("hybrid", false), table[1]);
  assert.is(find("hybrid", true), undefined);
  assert.is(
    expectedIn(table, "b", "v2", () => false),
    undefined,
  );
});

test.run();
