// Two dumps become one heap that any process can use.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Dump, usedWords } from "./dump.ts";
import { type Heap, packFile, packHeap } from "./pack.ts";
import type { Variable } from "./statics.ts";

const test = suite("snapshots/pack");

const HEAP_VARIABLE: Variable = {
  address: 0x100n,
  size: 8n,
  name: "trunc.o:(.data._ZN5trunc4heap4HEAP17hE)",
};

/** A process whose heap holds an address of each kind, and whose one variable points into the heap. */
function dump(heap: bigint, image: bigint, thread: bigint, stack: bigint): Dump {
  const words = new BigUint64Array(2048);
  words.set([7n, heap + 16n, image + 0x40n, thread - 8n, stack]);
  words[2047] = 0x50n;
  return {
    heap,
    image,
    thread,
    stack,
    root: heap + 8n,
    mark: 96n,
    words,
    used: usedWords(words),
    variables: {
      start: image + 0x100n,
      before: BigUint64Array.of(0n, 5n),
      after: BigUint64Array.of(heap + 24n, 5n),
    },
    threadSpace: {
      start: thread - 8n,
      before: BigUint64Array.of(1n, 0n),
      after: BigUint64Array.of(1n, image + 0x80n),
    },
    threadAddress: 0x80n,
  };
}

const A = dump(0x7f11_2233_0000n, 0x7f11_4420_0000n, 0x7f11_5500_31b8n, 0x7ffc_1011_4000n);
const B = dump(0x7fa0_9988_0000n, 0x7fa0_7740_0000n, 0x7fa0_5601_71b8n, 0x7ffd_2022_8000n);

test("packHeap() takes the addresses out and says where they were", () => {
  const heap = packHeap("create", A, B, [HEAP_VARIABLE]);
  assert.equal([...heap.words.subarray(0, 5)], [7n, 16n, 0x40n, 0n, 0n]);
  assert.is(heap.words.length, 512);
  assert.is(heap.inHeap[0], 0b010);
  assert.is(heap.inImage[0], 0b100);
  assert.is(heap.root, 8n);
});

test("packHeap() lists what lies elsewhere", () => {
  const [far, ...rest] = packHeap("", A, B, [HEAP_VARIABLE]).patches.slice(1);
  assert.equal(far, { place: "heap", offset: 2047n, base: "none", value: 0x50n });
  assert.equal(rest, [
    { place: "image", offset: 32n, base: "heap", value: 24n },
    { place: "thread", offset: 0n, base: "image", value: 0x80n },
  ]);
});

test("packHeap() refuses a variable that nobody has thought of", () => {
  assert.throws(() => packHeap("", A, B, []), /0x100 changes before the heap is saved/);
});

test("packHeap() refuses a word that differs without being an address", () => {
  const words = A.words.slice();
  words[9] = 1n;
  assert.throws(() => packHeap("", { ...A, words }, B, [HEAP_VARIABLE]), /word 9 is 0x1 in one/);
});

test("packFile() puts each heap at a page, and its place into the directory", () => {
  const heap: Heap = packHeap("run", A, B, [HEAP_VARIABLE]);
  const file = packFile([{ ...heap, name: "" }, heap], 8192);
  assert.is(file.toString("latin1", 0, 8), "heaps 1\n");
  const entry = (index: number) => {
    const at = 8 + 48 * index;
    return {
      name: file.toString("latin1", at, at + 16).replace(/\0+$/, ""),
      offset: Number(file.readBigUInt64LE(at + 16)),
      size: file.readUInt32LE(at + 24),
    };
  };
  // words, two bit maps, patches
  const size = 4096 + 64 + 64 + 16 * heap.patches.length;
  assert.equal(entry(0), { name: "", offset: 12288, size });
  assert.equal(entry(1), { name: "run", offset: 20480, size });
  assert.is(entry(2).size, 0);
  assert.is(file.length, 20480 - 8192 + size);
  assert.is(file.readBigUInt64LE(12288 - 8192 + 8), 16n);
});

test.run();
