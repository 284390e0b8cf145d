// Lists of CPUs and memory nodes -> the bit masks that the kernel takes. Pure.

import { parseRanges } from "../config/ranges.ts";

/** "0-3,7" as bits, little endian, a multiple of eight bytes; empty for no number. */
export function bitMask(list: string): Uint8Array {
  const ranges = parseRanges(list) ?? [];
  const largest = ranges.reduce((last, range) => Math.max(last, range.last), -1);
  const mask = new Uint8Array(Math.ceil((largest + 1) / 64) * 8);
  for (const { first, last } of ranges) {
    for (let bit = first; bit <= last; bit++) mask[bit >> 3]! |= 1 << (bit & 7);
  }
  return mask;
}
