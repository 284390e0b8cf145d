// What distinguishes the ABIs: audit number, column of the call table, word size, byte order, multiplexed calls.

import { get32 } from "./memory";

/** In the order of the rows below: libseccomp's names in lower case. */
const NAMES: StaticArray<string> = [
  "x86", "x86_64", "x32", "arm", "aarch64", "mips", "mipsel", "mips64", "mipsel64", "mips64n32", "mipsel64n32",
  "ppc", "ppc64", "ppc64le", "riscv64", "s390", "s390x", "loongarch64",
]; // biome-ignore format: a table

/** Arguments are compared as 32-bit words. */
const NARROW: u32 = 1;
/** The high word of an argument comes first. */
const BIG: u32 = 2;
/** socketcall(2) and ipc(2) carry what other ABIs have as calls of their own. */
const MULTIPLEXED: u32 = 4;
/** The number 0 is not a call (the kernel's way to pass numbers above 255). */
const NO_ZERO: u32 = 8;

export const X86_64: u32 = 1;
export const X32: u32 = 2;
export const ARM: u32 = 3;
export const AUDIT_X86_64: u32 = 0xc000003e;

/** Per ABI: AUDIT_ARCH_* (linux/audit.h), column in scripts/gen-syscalls.ts, flags, number of call 0. */
const ROWS: usize = memory.data<u32>([
  0x40000003, 0, 5, 0,
  0xc000003e, 1, 0, 0,
  0xc000003e, 2, 1, 0x40000000,
  0x40000028, 3, 1, 0,
  0xc00000b7, 4, 0, 0,
  0x00000008, 5, 7, 4000,
  0x40000008, 5, 5, 4000,
  0x80000008, 6, 2, 5000,
  0xc0000008, 6, 0, 5000,
  0xa0000008, 7, 3, 6000,
  0xe0000008, 7, 1, 6000,
  0x00000014, 8, 7, 0,
  0x80000015, 9, 6, 0,
  0xc0000015, 9, 4, 0,
  0xc00000f3, 10, 0, 0,
  0x00000016, 11, 15, 0,
  0x80000016, 12, 14, 0,
  0xc0000102, 13, 0, 0,
]); // biome-ignore format: a table

export function abiCount(): u32 {
  return <u32>NAMES.length;
}
export function abiName(abi: u32): string {
  return NAMES[abi];
}
export function auditOf(abi: u32): u32 {
  return get32(ROWS, abi << 2);
}
export function columnOf(abi: u32): u32 {
  return get32(ROWS, (abi << 2) + 1);
}
export function isNarrow(abi: u32): bool {
  return (get32(ROWS, (abi << 2) + 2) & NARROW) !== 0;
}
export function isBigEndian(abi: u32): bool {
  return (get32(ROWS, (abi << 2) + 2) & BIG) !== 0;
}
export function isMultiplexed(abi: u32): bool {
  return (get32(ROWS, (abi << 2) + 2) & MULTIPLEXED) !== 0;
}
export function hasNoZero(abi: u32): bool {
  return (get32(ROWS, (abi << 2) + 2) & NO_ZERO) !== 0;
}
export function baseOf(abi: u32): u32 {
  return get32(ROWS, (abi << 2) + 3);
}
