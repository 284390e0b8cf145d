import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RuntimeError } from "../errors.ts";
import { parseJson, reviveInteger } from "./json.ts";
import { parseStrictly } from "./json-text.ts";

const test = suite("json");

function messageOf(text: string): string {
  for (const hasBigIntegers of [false, true]) {
    try {
      parseJson(text, "config.json", hasBigIntegers);
    } catch (error) {
      assert.instance(error, RuntimeError);
      if (hasBigIntegers) return (error as RuntimeError).message;
      continue;
    }
    assert.unreachable(`accepted with hasBigIntegers ${hasBigIntegers}: ${text}`);
  }
  return "";
}

const BROKEN: readonly (readonly [text: string, message: string])[] = [
  ["", "line 1, column 1: expected a value, the file ends"],
  ["{]", 'line 1, column 2: expected a key in double quotes, found "]"'],
  ['{"a" 1}', 'line 1, column 6: expected ":" after the key, found "1"'],
  ['{\n  "a": 1,\n}', 'line 3, column 1: expected a key in double quotes, found "}"'],
  ['{"a": 1 "b": 2}', 'line 1, column 9: expected "," or "}", found "\\""'],
  ["[1 2]", 'line 1, column 4: expected "," or "]", found "2"'],
  ["[1,]", 'line 1, column 4: expected a value, found "]"'],
  ["[1", 'line 1, column 3: expected "," or "]", the file ends'],
  ["{} x", 'line 1, column 4: expected the end of the file, found "x"'],
  ["\ufeff{}", "line 1, column 1: expected a value, found U+FEFF"],
  ["{'a': 1}", 'line 1, column 2: expected a key in double quotes, found "\'"'],
  ["[nul]", 'line 1, column 2: expected a value, found "n"'],
  ["[NaN]", 'line 1, column 2: expected a value, found "N"'],
  ["[01]", 'line 1, column 3: expected "," or "]", found "1"'],
  ["[1.]", 'line 1, column 3: expected "," or "]", found "."'],
  ["[+1]", 'line 1, column 2: expected a value, found "+"'],
  ["[-]", 'line 1, column 2: expected a value, found "-"'],
  ['["a', "line 1, column 4: expected the end of the string, the file ends"],
  ['["a\\x"]', 'line 1, column 4: expected a valid escape sequence, found "\\\\"'],
  ['["a\\u12"]', 'line 1, column 4: expected a valid escape sequence, found "\\\\"'],
  [
    '["a\nb"]',
    "line 1, column 4: expected an escape sequence in place of a control character, found U+000A",
  ],
  [
    '["\u0000"]',
    "line 1, column 3: expected an escape sequence in place of a control character, found U+0000",
  ],
  ["// note\n{}", 'line 1, column 1: expected a value, found "/"'],
];

for (const [text, message] of BROKEN) {
  test(`parseJson() says where ${JSON.stringify(text)} is wrong`, () => {
    assert.is(messageOf(text), `config.json: ${message}`);
  });
}

test("parseJson() refuses what is nested too deeply to be read", () => {
  const levels = 100_000;
  const text = `${"[".repeat(levels)}${"]".repeat(levels)}`;
  assert.throws(
    () => parseJson(text, "config.json", true),
    /line 1, column 1001: nested more than 1000 levels/,
  );
});

const INTEGERS: readonly (readonly [text: string, value: number | bigint])[] = [
  ["18446744073709551615", 18446744073709551615n],
  ["-9223372036854775808", -9223372036854775808n],
  ["9007199254740993", 9007199254740993n],
  ["9007199254740991", 9007199254740991],
  ["0", 0],
  ["1e3", 1000],
  ["1.0", 1],
  ["1e30", 1e30],
  ["9007199254740993.5", 9007199254740994],
];

for (const [text, value] of INTEGERS) {
  test(`parseJson() reads ${text} as it stands`, () => {
    assert.is(parseJson(text, "x", true), value);
    // What an engine with source text access calls for each value gives the same.
    assert.is(reviveInteger("", JSON.parse(text), { source: text }), value);
  });
}

test("reviveInteger() leaves everything else alone", () => {
  for (const value of ["1", null, true, 5]) assert.is(reviveInteger("", value, {}), value);
  assert.is(reviveInteger("", 1e300), 1e300);
});

test("both readers agree on every text, good or bad", () => {
  const seeds = [
    '{"a":[1,-2.5e3,"\\u00e9\\n\\ud83d\\ude00",null,true,false,{}],"__proto__":{"x":1},"a":2,"":[]}',
    '[{"type":"RLIMIT_CORE","hard":4096,"soft":1e2},  "\\"", 0.1, -0]\n',
  ];
  const letters = '{}[],:"\\u0e1-+.ntfalsr \n\u0001\u00e9';
  let state = 12345;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  let accepted = 0;
  for (let round = 0; round < 20_000; round++) {
    let text = seeds[round % seeds.length] ?? "";
    for (let change = random(3); change >= 0; change--) {
      const place = random(text.length);
      text = text.slice(0, place) + letters[random(letters.length)] + text.slice(place + random(3));
    }
    const native = attempt(() => JSON.parse(text));
    assert.equal(
      attempt(() => parseStrictly(text)),
      native,
      text,
    );
    if (native !== undefined) accepted += 1;
  }
  assert.ok(accepted > 500 && accepted < 19_500, `${accepted} accepted`);
});

function attempt(call: () => unknown): unknown {
  try {
    return { value: call() };
  } catch {
    return undefined;
  }
}

test("a repeated key is harmless: the last one wins in both readers", () => {
  const text = '{"a":1,"b":2,"a":3}';
  assert.equal(parseJson(text, "x", false), { a: 3, b: 2 });
  assert.equal(parseJson(text, "x", true), { a: 3, b: 2 });
});

test("a __proto__ key changes no prototype", () => {
  for (const hasBigIntegers of [false, true]) {
    const value = parseJson('{"__proto__":{"evil":true}}', "x", hasBigIntegers) as object;
    assert.is(Object.getPrototypeOf(value), Object.prototype);
    assert.ok(Object.hasOwn(value, "__proto__"));
    assert.is((value as { evil?: unknown }).evil, undefined);
  }
});

test.run();
