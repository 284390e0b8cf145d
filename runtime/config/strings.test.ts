import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tidy } from "./strings.ts";

const test = suite("strings");

function tidied(text: string): { problems: string[]; value: unknown } {
  const value = JSON.parse(text) as unknown;
  const problems = tidy(text, value).map(({ at, message }) => `${at}: ${message}`);
  return { problems, value };
}

const NUL = "must not contain a NUL byte";
const HALF = "must not contain half a surrogate pair";
const CASES: readonly (readonly [text: string, problems: readonly string[]])[] = [
  ['{"a":"b\\u0000"}', [`/a: ${NUL}`]],
  ['["x",["\\u0000"]]', [`/1/0: ${NUL}`]],
  ['{"a\\u0000b":1}', [`/a\\u0000b: ${NUL}`]],
  ['{"a":"\\ud800"}', [`/a: ${HALF}`]],
  ['{"a":"\\uDC00x"}', [`/a: ${HALF}`]],
  ['{"a":"\ud800"}', [`/a: ${HALF}`]],
  ['{"\\udfff":1}', [`/\ufffd: ${HALF}`]],
  ['{"a":{"__proto__":1}}', ["/a/__proto__: is not allowed as a name"]],
  ['{"\\u005f_proto__":1}', ["/__proto__: is not allowed as a name"]],
  ['{"_\\u005Fpr\\u006Ft\\u006f__":1}', ["/__proto__: is not allowed as a name"]],
  ['"\\u0000"', [`: ${NUL}`]],
  // good ones
  ['{"a":"\\ud83d\\ude00 \\u0026 \\\\u0000"}', []],
  ['{"a":"\ud83d\ude00"}', []],
  ['{"a":"__proto__"}', []],
  ['{"a":"\\u001f"}', []],
];

for (const [text, problems] of CASES) {
  test(`tidy() of ${JSON.stringify(text)}`, () => {
    assert.equal(tidied(text).problems, problems);
  });
}

test("tidy() drops properties that are null and keeps items that are", () => {
  const text = '{"a": null, "b": [null, {"c":\n\tnull, "d": 1}], "e": "null"}';
  assert.equal(tidied(text), { problems: [], value: { b: [null, { d: 1 }], e: "null" } });
});

test("tidy() walks deeper than a stack is", () => {
  const depth = 5000;
  const text = `${"[".repeat(depth)}"\\u0000"${"]".repeat(depth)}`;
  assert.is(tidied(text).problems.length, 1);
});

test.run();
