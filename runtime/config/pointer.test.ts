import { suite } from "uvu";
import * as assert from "uvu/assert";
import { areRelated, childPointer, valueAt } from "./pointer.ts";

const test = suite("pointer");

test("childPointer() escapes what a pointer gives a meaning to", () => {
  assert.is(childPointer("/linux/sysctl", "net/a~b"), "/linux/sysctl/net~1a~0b");
});

test("valueAt() finds what childPointer() names", () => {
  const root = { a: [{ "x/~y": 1 }] };
  assert.is(valueAt(root, childPointer("/a/0", "x/~y")), 1);
  assert.is(valueAt(root, ""), root);
});

test("valueAt() finds nothing that is not there", () => {
  for (const pointer of ["/b", "/a/1", "/a/0/z/q", "/toString", "/a/length/x"]) {
    assert.is(valueAt({ a: [{}] }, pointer), undefined, pointer);
  }
});

test("areRelated() is about whole names", () => {
  assert.ok(areRelated("/a", "/a"));
  assert.ok(areRelated("/a", "/a/b"));
  assert.ok(areRelated("/a/b", "/a"));
  assert.not(areRelated("/a", "/ab"));
  assert.ok(areRelated("", "/a"));
});

test.run();
