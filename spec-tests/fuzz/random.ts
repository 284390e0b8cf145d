// Chance that can be had again: everything comes from one seed.

import { pick, type Random, randomOf } from "../seccomp/generate.ts";

export { pick, type Random, randomOf };

/** The generator of the input number `index`: each can be made again without those before it. */
export function inputRandom(seed: number, index: number): Random {
  const random = randomOf((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 1);
  for (let i = 0; i < 4; i++) random(2);
  return random;
}

export const oneIn = (random: Random, count: number): boolean => random(count) === 0;

const ODD_TEXTS = [
  "",
  "/",
  ".",
  "..",
  "../../..",
  "//a//b/",
  "a/../b",
  "a\0b",
  "\ud800",
  "\u202e\u0000",
  "𝄞é\u0301",
  "__proto__",
  "constructor",
  "toString",
  "line\nbreak\r\t",
  "%s%n%x",
  "a=b=c",
  "x".repeat(5000),
  "-1",
  "0x10",
  "1e3",
  " lead",
  "max",
];

export const ODD_NUMBERS: readonly (number | bigint)[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e21,
  -1e21,
  5e-324,
  1.7976931348623157e308,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53 + 2,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n,
  -(2n ** 63n),
  -(2n ** 63n) - 1n,
  10n ** 40n,
];

export const oddText = (random: Random): string => pick(random, ODD_TEXTS);

/** A value of any kind, where another was due. */
export function oddValue(random: Random, depth = 0): unknown {
  switch (random(depth > 3 ? 5 : 8)) {
    case 0:
      return null;
    case 1:
      return oneIn(random, 2);
    case 2:
      return pick(random, ODD_NUMBERS);
    case 3:
    case 4:
      return oddText(random);
    case 5:
      return Array.from({ length: random(4) }, () => oddValue(random, depth + 1));
    case 6:
      return nested(random, random(2) === 0 ? 40 : 1500);
    default:
      return Object.fromEntries(
        Array.from({ length: random(4) }, () => [oddText(random), oddValue(random, depth + 1)]),
      );
  }
}

function nested(random: Random, depth: number): unknown {
  let value: unknown = 1;
  const isList = oneIn(random, 2);
  for (let i = 0; i < depth; i++) value = isList ? [value] : { a: value };
  return value;
}
