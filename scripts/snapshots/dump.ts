// What `trunc --save-heap` writes (native/launcher/src/snapshot/save.rs): where a process had what, and its memory.

/** Memory that was there before the heap, by 64-bit words; `before` is what it was when `main` began. */
export interface Space {
  readonly start: bigint;
  readonly before: BigUint64Array;
  readonly after: BigUint64Array;
}

export interface Dump {
  /** Addresses: the heap's first region, the program, the thread pointer, the stack in use. */
  readonly heap: bigint;
  readonly image: bigint;
  readonly thread: bigint;
  readonly stack: bigint;
  /** Address of what a restored process goes on with. */
  readonly root: bigint;
  /** Where in the heap the next small block was when `main` began. */
  readonly mark: bigint;
  /** All of the region, used or not. */
  readonly words: BigUint64Array;
  /** How many of its words are before the last page with something in it, but for the region's last one, whose end dlmalloc marks. */
  readonly used: number;
  readonly variables: Space;
  /** The thread's variables, and the C library's description of it. */
  readonly threadSpace: Space;
  /** Where the linker's map has the thread's variables begin. */
  readonly threadAddress: bigint;
}

const HEADER_WORDS = 12;

/** The kernel's pages; also a multiple of what a word of a bit map holds. */
const PAGE_WORDS = 512;

/** See {@link Dump.used}. */
export function usedWords(words: BigUint64Array): number {
  const last = words.subarray(0, words.length - PAGE_WORDS).findLastIndex((word) => word !== 0n);
  return PAGE_WORDS * Math.ceil((last + 1) / PAGE_WORDS);
}

/** @throws if the file has another size than its header says */
export function parseDump(file: Buffer): Dump {
  const bytes = new Uint8Array(file); // aligned, unlike a slice of Node's pool
  let at = 0;
  const take = (size: bigint): BigUint64Array => {
    const words = new BigUint64Array(bytes.buffer, at, Number(size) / 8);
    at += Number(size);
    return words;
  };
  const header = take(BigInt(HEADER_WORDS * 8));
  const [heap, image, thread, stack, root, mark, heapSize] = header.subarray(0, 7) as unknown as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const [start, size, threadStart, threadSize, threadAddress] = header.subarray(7) as unknown as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const words = take(heapSize);
  const variables = { start, before: take(size), after: take(size) };
  const threadSpace = { start: threadStart, before: take(threadSize), after: take(threadSize) };
  if (at !== bytes.length) throw new Error(`a saved heap of ${bytes.length} bytes, not ${at}`);
  return {
    heap,
    image,
    thread,
    stack,
    root,
    mark,
    words,
    used: usedWords(words),
    variables,
    threadSpace,
    threadAddress,
  };
}
