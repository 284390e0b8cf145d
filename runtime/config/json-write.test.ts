import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseJson } from "./json.ts";
import { writeJson } from "./json-write.ts";

const test = suite("json-write");

for (const text of [
  '{"a":[1,"x",null,true,{}],"b":{"c":1.5}}',
  "18446744073709551615",
  '"\\u0001"',
]) {
  test(`writeJson() writes what parseJson() read: ${text}`, () => {
    assert.is(writeJson(parseJson(text, "x", true)), text);
  });
}

test("writeJson() leaves out what is undefined", () => {
  assert.is(writeJson({ a: undefined, b: 2n ** 64n }), '{"b":18446744073709551616}');
  assert.is(writeJson([undefined]), "[null]");
  assert.is(writeJson(JSON.parse(`{"__proto__":2}`)), `{"__proto__":2}`);
});

test.run();
