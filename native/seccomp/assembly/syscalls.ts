// Names to numbers. A "slot" is a number relative to the ABI's base; ARM's private calls have slots from 1000 on, so
// that slots stay small and rise with the numbers.

import { ARM, baseOf, columnOf } from "./abis";
import { CELLS, ENDS, HASH_SLOTS, NAMES, ROW_CELLS, SLOTS } from "./generated/syscalls";
import { get8, get16 } from "./memory";

/** No slot reaches this. */
export const SLOT_LIMIT: u32 = 1024;
export const SOCKETCALL: u32 = 0;
export const IPC: u32 = 0x100;

const PRIVATE_SLOT: u32 = 1000;
const PRIVATE_NUMBER: u32 = 0xf0000;

/** The table row of a name of `length` bytes whose FNV-1a hash is `hash`; -1 if no ABI knows it. */
export function rowOf(name: usize, length: u32, hash: u32): i32 {
  let at = (hash ^ (hash >>> 15)) & (HASH_SLOTS - 1);
  for (let row = get16(SLOTS, at); row !== 0; row = get16(SLOTS, at)) {
    const start = get16(ENDS, row - 1);
    if (get16(ENDS, row) - start === length && isEqual(NAMES + start, name, length)) return row - 1;
    at = (at + 1) & (HASH_SLOTS - 1);
  }
  return -1;
}

export function nextHash(hash: u32, byte: u32): u32 {
  return (hash ^ byte) * 0x01000193;
}
export const FIRST_HASH: u32 = 0x811c9dc5;

/** Where a row's name begins and ends. */
export function nameStart(row: u32): usize {
  return NAMES + get16(ENDS, row);
}
export function nameEnd(row: u32): usize {
  return NAMES + get16(ENDS, row + 1);
}

/** The slot of a row's call in an ABI, -1 if the ABI has no such call. */
export function slotOf(row: u32, abi: u32): i32 {
  return <i32>get16(CELLS, row * ROW_CELLS + columnOf(abi)) - 1;
}

/** 0: not multiplexed; otherwise SOCKETCALL or IPC, plus the number of the sub-call. */
export function subcallOf(row: u32): u32 {
  return get16(CELLS, row * ROW_CELLS + ROW_CELLS - 1);
}

export function numberOf(abi: u32, slot: u32): u32 {
  if (abi === ARM && slot >= PRIVATE_SLOT) return slot - PRIVATE_SLOT + PRIVATE_NUMBER;
  return baseOf(abi) + slot;
}

function isEqual(a: usize, b: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (get8(a, i) !== get8(b, i)) return false;
  }
  return true;
}
