// As much of an ELF file (64 bit, little endian) as says how the kernel will map it. Spec: elf(5)

import { readFileSync } from "node:fs";

export interface Segment {
  readonly type: number;
  /** PF_X 1, PF_W 2, PF_R 4. */
  readonly flags: number;
  readonly address: bigint;
  readonly size: bigint;
}

export interface Elf {
  /** 2: at a fixed address; 3: anywhere. */
  readonly type: number;
  readonly segments: readonly Segment[];
  /** Tag and value, from PT_DYNAMIC. */
  readonly dynamic: ReadonlyMap<bigint, bigint>;
}

export const PT = { load: 1, dynamic: 2, interp: 3, stack: 0x6474e551, relro: 0x6474e552 };
export const DT = { needed: 1n, textrel: 22n, flags: 30n, flags1: 0x6ffffffbn };
export const [X, W] = [1, 2];

export function readElf(path: string): Elf {
  const bytes = readFileSync(path);
  if (bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2) throw new Error(`${path} is no ELF`);
  const start = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  const dynamic = new Map<bigint, bigint>();
  const segments = Array.from({ length: bytes.readUInt16LE(56) }, (_, index): Segment => {
    const at = start + index * size;
    const type = bytes.readUInt32LE(at);
    const length = bytes.readBigUInt64LE(at + 32);
    if (type === PT.dynamic) readDynamic(bytes, bytes.readBigUInt64LE(at + 8), length, dynamic);
    return {
      type,
      flags: bytes.readUInt32LE(at + 4),
      address: bytes.readBigUInt64LE(at + 16),
      size: bytes.readBigUInt64LE(at + 40),
    };
  });
  return { type: bytes.readUInt16LE(16), segments, dynamic };
}

function readDynamic(bytes: Buffer, from: bigint, length: bigint, into: Map<bigint, bigint>): void {
  for (let at = Number(from); at < Number(from + length); at += 16) {
    into.set(bytes.readBigUInt64LE(at), bytes.readBigUInt64LE(at + 8));
  }
}
