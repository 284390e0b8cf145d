// What a 64-bit word of a saved process is, told by its twin in a second process that has everything somewhere else.

import type { Dump } from "./dump.ts";

/** What a word counts from. The order is that of `Bases` in native/launcher/src/snapshot.rs. */
export const BASES = ["none", "heap", "image", "thread"] as const;

export type Base = (typeof BASES)[number];

/** A word without the addresses of its process. */
export interface Word {
  readonly base: Base;
  /** What is left when the base's address is taken away. */
  readonly value: bigint;
}

/** What the kernel lets a stack grow to, by default. In bytes. */
const STACK_SIZE = 8n << 20n;

const mask = (bits: number) => (1n << BigInt(bits)) - 1n;

/**
 * Whether two processes are far enough apart to tell addresses from what is left of some: each of their bytes differs, but for the sixth, which
 * is nearly always 0x7f, and for the lower two of heap and program, which are the same (programs begin at multiples of 2 MB, and the
 * heap near them): then what is left of an address above two bytes of something else always looks like another address. Half of all pairs are.
 */
export function areApart(a: Dump, b: Dump): boolean {
  const isNear = [a.heap ^ b.heap, a.image ^ b.image].every((bits) => (bits & 0xffffn) === 0n);
  return BASES_OF.every((base) => {
    const [x, y] = [base(a), base(b)];
    const differ = (byte: bigint) => (((x ^ y) >> (8n * byte)) & 0xffn) !== 0n;
    return isNear && differ(2n) && differ(3n) && differ(4n) && x >> 40n === 0x7fn && !differ(5n);
  });
}

const BASES_OF: readonly ((dump: Dump) => bigint)[] = [
  ({ heap }) => heap,
  ({ image }) => image,
  ({ thread }) => thread,
  ({ stack }) => stack,
];

/**
 * The word, or undefined if nothing explains how the two differ; the processes are apart. A place in the stack is 0: whoever is restored has
 * another one, and the engine is told of it.
 */
export function explain(a: Dump, b: Dump, x: bigint, y: bigint): Word | undefined {
  if (x === y) return { base: "none", value: x };
  const inHeap = x - a.heap;
  if (
    inHeap === y - b.heap &&
    (isIn(8 * a.used, inHeap) || inHeap === BigInt(8 * a.words.length))
  ) {
    return { base: "heap", value: inHeap };
  }
  const inImage = x - a.image;
  if (inImage === y - b.image && isIn(imageSize(a), inImage)) {
    return { base: "image", value: inImage };
  }
  if (x - a.thread === y - b.thread) {
    return { base: "thread", value: BigInt.asUintN(64, x - a.thread) };
  }
  if (isInStack(a, x) && isInStack(b, y)) return { base: "none", value: 0n };
  const value = leftover(a, b, x, y);
  return value === undefined ? undefined : { base: "none", value };
}

/**
 * A value shorter than its word, in what was left there of an address: only the upper bytes differ, and they are those of the addresses. They
 * mean nothing.
 */
function leftover(a: Dump, b: Dump, x: bigint, y: bigint): bigint | undefined {
  const isOf = (base: (dump: Dump) => bigint) =>
    x >> 32n === base(a) >> 32n && y >> 32n === base(b) >> 32n;
  if (!BASES_OF.some(isOf)) return undefined;
  const bits = [32, 24, 16].find((count) => (x & mask(count)) === (y & mask(count)));
  return bits === undefined ? undefined : x & mask(bits);
}

/** The variables are what a program ends with. In bytes. */
function imageSize({ image, variables }: Dump): number {
  return Number(variables.start - image) + variables.after.byteLength;
}

/** An address behind the last byte is one, too. */
function isIn(size: number, offset: bigint): boolean {
  return offset >= 0n && offset <= BigInt(size);
}

function isInStack(dump: Dump, x: bigint): boolean {
  return x > dump.stack - STACK_SIZE && x < dump.stack + STACK_SIZE;
}
