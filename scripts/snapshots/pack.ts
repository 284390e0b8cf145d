// Two dumps of one state -> one heap without addresses, and all such heaps -> what follows the program in its file.
// native/launcher/src/snapshot.rs has the same layouts and reads them.

import type { Dump, Space } from "./dump.ts";
import { fateOf, type Variable } from "./statics.ts";
import { BASES, type Base, explain, type Word } from "./words.ts";

/** A word to be set outside of the copied part of the heap; `offset` is in words. */
export interface Patch extends Word {
  readonly place: Base;
  readonly offset: bigint;
}

export interface Heap {
  /** The command it is for; empty: all others. */
  readonly name: string;
  readonly words: BigUint64Array;
  /** Which words are addresses in the heap, and which in the program. */
  readonly inHeap: Uint8Array;
  readonly inImage: Uint8Array;
  readonly patches: readonly Patch[];
  /** In bytes, from the heap's beginning. */
  readonly root: bigint;
  readonly mark: bigint;
}

/** @throws if a word differs without being an address, or a variable is one that nobody has thought of */
export function packHeap(name: string, a: Dump, b: Dump, variables: readonly Variable[]): Heap {
  const end = a.used;
  const words = new BigUint64Array(end);
  const inHeap = new Uint8Array(end / 8);
  const inImage = new Uint8Array(inHeap.length);
  const patches: Patch[] = [];
  a.words.forEach((x, index) => {
    const word = explained(a, b, x, b.words[index]!, `the heap's word ${index}`);
    if (index < end && word.base !== "thread") {
      words[index] = word.value;
      const map = { heap: inHeap, image: inImage, none: undefined }[word.base];
      if (map !== undefined) map[index >> 3]! |= 1 << (index & 7);
    } else if (word.value !== 0n) {
      patches.push({ place: "heap", offset: BigInt(index), ...word });
    }
  });
  const nameOf = (address: bigint) => fateOf(variables, address);
  patches.push(
    ...changes(a, b, "image", [a.variables, b.variables], (at) => nameOf(at - a.image)),
    ...changes(a, b, "thread", [a.threadSpace, b.threadSpace], (at) =>
      // The C library's description of the thread has no name of its own.
      at >= a.thread ? "kept" : nameOf(at - a.threadSpace.start + a.threadAddress),
    ),
  );
  return { name, words, inHeap, inImage, patches, root: a.root - a.heap, mark: a.mark };
}

function changes(
  a: Dump,
  b: Dump,
  place: Base,
  [one, other]: readonly [Space, Space],
  fate: (address: bigint) => string,
): Patch[] {
  const base = place === "image" ? a.image : a.thread;
  const patches: Patch[] = [];
  one.after.forEach((x, index) => {
    if (one.before[index] === x && other.before[index] === other.after[index]) return;
    const address = one.start + BigInt(8 * index);
    const verdict = fate(address);
    if (verdict === "left") return;
    if (verdict !== "kept") throw new Error(verdict);
    const word = explained(a, b, x, other.after[index]!, `a variable (${place}, word ${index})`);
    patches.push({ place, offset: (address - base) / 8n, ...word });
  });
  return patches;
}

function explained(a: Dump, b: Dump, x: bigint, y: bigint, what: string): Word {
  const word = explain(a, b, x, y);
  if (word !== undefined) return word;
  const [p, q] = [x, y].map((value) => `0x${value.toString(16)}`);
  throw new Error(`${what} is ${p} in one process and ${q} in another`);
}

/** What precedes the place of the directory in the program; the place is 0 as long as there is none. */
export const PLACE_MARK = "trunc snapshots\0";

const DIRECTORY_MARK = "heaps 1\n";

const ENTRIES = 10;

const ENTRY_SIZE = 48;

const PATCH_SIZE = 16;

/** What is appended to a file of `offset` bytes, a multiple of the page size: the directory, then the heaps. */
export function packFile(heaps: readonly Heap[], offset: number): Buffer {
  if (heaps.length > ENTRIES) throw new Error(`${heaps.length} heaps, not ${ENTRIES} at most`);
  const directory = Buffer.alloc(DIRECTORY_MARK.length + ENTRY_SIZE * ENTRIES);
  directory.write(DIRECTORY_MARK, "latin1");
  const parts: Buffer[] = [directory];
  let end = offset + directory.length;
  heaps.forEach((heap, index) => {
    const padding = Buffer.alloc(-end & 0xfff);
    const bytes = packParts(heap);
    parts.push(padding, bytes);
    const at = DIRECTORY_MARK.length + ENTRY_SIZE * index;
    directory.write(heap.name, at, "latin1");
    directory.writeBigUInt64LE(BigInt(end + padding.length), at + 16);
    const { words, patches, root, mark } = heap;
    const fields = [bytes.length, words.length, patches.length, Number(root), Number(mark)];
    for (const [place, field] of fields.entries())
      directory.writeUInt32LE(field, at + 24 + 4 * place);
    end += padding.length + bytes.length;
  });
  return Buffer.concat(parts);
}

function packParts({ words, inHeap, inImage, patches }: Heap): Buffer {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  return Buffer.concat([bytes, inHeap, inImage, packPatches(patches)]);
}

function packPatches(patches: readonly Patch[]): Buffer {
  const bytes = Buffer.alloc(PATCH_SIZE * patches.length);
  patches.forEach(({ place, base, offset, value }, index) => {
    const at = PATCH_SIZE * index;
    bytes.writeUInt8(BASES.indexOf(place), at);
    bytes.writeUInt8(BASES.indexOf(base), at + 1);
    bytes.writeInt32LE(Number(offset), at + 4);
    bytes.writeBigUInt64LE(value, at + 8);
  });
  return bytes;
}
