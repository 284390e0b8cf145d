import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseDuration, parseInteger, parseSize } from "./sizes.ts";

const test = suite("cli/sizes");

const SIZES: [text: string, bytes: number | bigint][] = [
  ["-1", -1],
  ["0", 0],
  ["4096", 4096],
  ["64M", 64 << 20],
  ["64m", 64 << 20],
  ["64mb", 64 << 20],
  ["64MiB", 64 << 20],
  ["2 k", 2048],
  ["10b", 10],
  ["1.5g", 1.5 * 2 ** 30],
  ["1.g", 2 ** 30],
  [".5k", 512],
  ["1e3", 1000],
  ["1.5e3k", 1_536_000],
  ["1t", 2 ** 40],
  ["9p", 9n * 2n ** 50n],
];
for (const [text, bytes] of SIZES) {
  test(`parseSize() reads ${text}`, () => assert.is(parseSize(text, "memory"), bytes));
}
for (const text of ["", "x", "-2", "1q", "1mm", "1ib", "1 2", "k", ".", "1e", "e3", "1e30"]) {
  test(`parseSize() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseSize(text, "memory"),
      (error: Error) => error.message.startsWith(`invalid value for memory: "${text}"`),
    );
  });
}

test("parseInteger() keeps 64 bits", () => {
  assert.is(parseInteger("18446744073709551615", "x", false), 2n ** 64n - 1n);
  assert.is(parseInteger("+5", "x", true), 5);
  assert.throws(() => parseInteger("+5", "x", false), /is no integer/);
  assert.is(parseInteger("-5", "x", true), -5);
  assert.throws(() => parseInteger("-5", "x", false), /is no integer/);
  assert.throws(() => parseInteger("1.5", "x", true), /is no integer/);
  assert.throws(() => parseInteger("18446744073709551616", "x", false), /does not fit 64 bits/);
  assert.throws(() => parseInteger("9223372036854775808", "x", true), /does not fit 64 bits/);
});

const DURATIONS: [text: string, milliseconds: number][] = [
  ["5s", 5000],
  ["300ms", 300],
  ["1.5s", 1500],
  ["1h2m", 3_720_000],
  ["+.5s", 500],
  ["-1s", -1000],
  ["2us", 0.002],
  ["2562047h", 9_223_369_200_000],
  ["0", 0],
];
for (const [text, milliseconds] of DURATIONS) {
  test(`parseDuration() reads ${text}`, () => {
    assert.is(parseDuration(text, "interval"), milliseconds);
  });
}
for (const text of ["", "5", "s", "1x", "1s2", "--1s", "2562048h"]) {
  test(`parseDuration() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseDuration(text, "interval"),
      (error: Error) => error.message === `invalid value "${text}" for flag -interval: parse error`,
    );
  });
}

test.run();
