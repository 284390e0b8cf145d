// Which words of two processes are taken for addresses, and which stop the build.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Dump, usedWords } from "./dump.ts";
import { areApart, explain } from "./words.ts";

const test = suite("snapshots/words");

const none = { start: 0n, before: new BigUint64Array(0), after: new BigUint64Array(0) };

function dump(heap: bigint, image: bigint, thread: bigint, stack: bigint): Dump {
  const variables = { ...none, start: image + 0x20_0000n };
  const rest = { root: 0n, mark: 0n, variables, threadSpace: none, threadAddress: 0n };
  const words = new BigUint64Array(2048);
  words[1000] = 1n; // two pages are used
  return { heap, image, thread, stack, words, used: usedWords(words), ...rest };
}

const A = dump(0x7f11_2233_0000n, 0x7f11_4420_0000n, 0x7f11_5500_31b8n, 0x7ffc_1011_4000n);
const B = dump(0x7fa0_9988_0000n, 0x7fa0_7740_0000n, 0x7fa0_5601_71b8n, 0x7ffd_2022_8000n);

const cases: [name: string, x: bigint, y: bigint, word: object | undefined][] = [
  ["the same in both", 42n, 42n, { base: "none", value: 42n }],
  ["in the heap", A.heap + 64n, B.heap + 64n, { base: "heap", value: 64n }],
  [
    "the end of what is used of the heap",
    A.heap + 8192n,
    B.heap + 8192n,
    { base: "heap", value: 8192n },
  ],
  ["beyond that: two bytes of it", A.heap + 8200n, B.heap + 8200n, { base: "none", value: 8200n }],
  ["the region's end", A.heap + 16384n, B.heap + 16384n, { base: "heap", value: 16384n }],
  ["two places in the heap", A.heap + 64n, B.heap + 72n, undefined],
  ["in the program", A.image + 0x1234n, B.image + 0x1234n, { base: "image", value: 0x1234n }],
  [
    "one of the thread's variables",
    A.thread - 16n,
    B.thread - 16n,
    { base: "thread", value: 2n ** 64n - 16n },
  ],
  ["in the stack", A.stack - 100n, B.stack - 640n, { base: "none", value: 0n }],
  ["in one stack only", A.stack - 100n, 7n, undefined],
  [
    "an int over an address of the heap",
    (A.heap & ~0xffffffffn) | 5n,
    (B.heap & ~0xffffffffn) | 5n,
    { base: "none", value: 5n },
  ],
  [
    "three bytes over an address of the heap",
    (A.heap & ~0xffffffn) | 0xabcdefn,
    (B.heap & ~0xffffffn) | 0xabcdefn,
    { base: "none", value: 0xabcdefn },
  ],
  [
    "two ints over an address",
    (A.heap & ~0xffffffffn) | 5n,
    (B.heap & ~0xffffffffn) | 6n,
    undefined,
  ],
  ["a hash of an address", 0xdead_beefn, 0xfeed_f00dn, undefined],
];

for (const [name, x, y, word] of cases) {
  test(name, () => assert.equal(explain(A, B, x, y), word));
}

test("areApart() wants the middle bytes to differ, and the lower ones of heap and program not to", () => {
  assert.ok(areApart(A, B));
  assert.not(areApart(A, { ...B, heap: A.heap + 0x1_0000_0000n }));
  assert.not(areApart(A, { ...B, heap: B.heap + 0x1000n }));
  assert.not(areApart(A, { ...B, image: (B.image & ~0xff00_0000n) | (A.image & 0xff00_0000n) }));
  assert.ok(areApart(A, { ...B, thread: (B.thread & ~0xffffn) | (A.thread & 0xffffn) }));
  assert.not(areApart(A, { ...B, thread: (B.thread & ~0xff_0000n) | (A.thread & 0xff_0000n) }));
  assert.not(areApart(A, { ...B, stack: A.stack - 0x100_0000_0000n }));
});

test.run();
