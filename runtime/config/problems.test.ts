import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fail, isWithin } from "./checks.ts";
import { problemsOf, show } from "./problems.ts";

const test = suite("problems");

test("show() shortens and never throws", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const cases: readonly (readonly [value: unknown, text: string])[] = [
    ["a\nb", '"a\\nb"'],
    [2n ** 64n, "18446744073709551616"],
    [null, "null"],
    [undefined, "undefined"],
    [1.5, "1.5"],
    [{}, "an object"],
    [cyclic, "an array"],
    ["x".repeat(100), `"${"x".repeat(59)}... (100 characters)`],
  ];
  for (const [value, text] of cases) assert.is(show(value), text);
});

test("problemsOf() words every kind of failure", () => {
  const root = { a: 5, b: "x" };
  const failures = [
    fail(null, "/a", "type", "object"),
    fail(null, "/a", "type", "array"),
    fail(null, "/a", "text", null),
    fail(null, "/b", "flag", null),
    fail(null, "/b", "within", [0, 2 ** 64]),
    fail(null, "/b", "within", [-(2 ** 63), 2 ** 63]),
    fail(null, "/b", "word", ["c", ""]),
    fail(null, "/b", "matches", "^y$"),
    fail(null, "", "required", "c/d"),
  ].flat();
  assert.equal(
    problemsOf(failures, root).map(({ at, message }) => `${at}: ${message}`),
    [
      "/a: 5 is not an object",
      "/a: 5 is not an array",
      "/a: 5 is not a string",
      '/b: "x" is not true or false',
      '/b: "x" is not an integer from 0 to 18446744073709551615',
      '/b: "x" is not an integer from -9223372036854775808 to 9223372036854775807',
      '/b: "x" is not one of c, ""',
      '/b: "x" is not of the form ^y$',
      "/c~1d: is missing",
    ],
  );
});

test("fail() makes the list when there is something to put in it", () => {
  const list = fail(null, "/a", "text", null);
  assert.is(fail(list, "/b", "text", null), list);
  assert.equal(
    list.map(({ at }) => at),
    ["/a", "/b"],
  );
});

test("isWithin() is exact at the edges of the 64-bit types", () => {
  const uint64: [number, number] = [0, 2 ** 64];
  const int64: [number, number] = [-(2 ** 63), 2 ** 63];
  const cases: readonly (readonly [value: unknown, bounds: [number, number], expected: boolean])[] =
    [
      [2n ** 64n - 1n, uint64, true],
      [2n ** 64n, uint64, false],
      [-1, uint64, false],
      [2n ** 63n - 1n, int64, true],
      [2n ** 63n, int64, false],
      [-(2n ** 63n), int64, true],
      [-(2n ** 63n) - 1n, int64, false],
      // a double that has lost digits already
      [2 ** 60, uint64, false],
      [Number.MAX_SAFE_INTEGER, uint64, true],
      [1.5, uint64, false],
      [Number.NaN, uint64, false],
      ["1", uint64, false],
      [null, uint64, false],
      [2n ** 60n, [0, 5], false],
      [5, [0, 5], true],
      [6, [0, 5], false],
    ];
  for (const [value, [low, high], expected] of cases) {
    assert.is(isWithin(value, low, high), expected, `${value} in ${low}..${high}`);
  }
});

test("problemsOf() never cuts a surrogate pair in two: no message could hold the half", () => {
  const text = `${"a".repeat(58)}\u{1f600}`;
  const [problem] = problemsOf([{ at: "/root", kind: "type", allowed: "object" }], { root: text });
  assert.ok(problem!.message.isWellFormed());
  assert.match(problem!.message, /^"a{58}\ufffd\.\.\. \(60 characters\) is not an object$/);
});

test.run();
