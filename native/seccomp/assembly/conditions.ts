// Argument conditions in one normal form. A set is what must hold together: its size, whether it compares 32-bit words,
// and its conditions in order of argument; sets of one entry are alternatives.

import { alloc, get32, get64, set32, set64 } from "./memory";

/** libseccomp's numbering (enum scmp_compare), which the profile text uses too. */
export const NE: u32 = 1;
export const LT: u32 = 2;
export const LE: u32 = 3;
export const EQ: u32 = 4;
export const GE: u32 = 5;
export const GT: u32 = 6;
export const MASKED_EQ: u32 = 7;

/** A set: u32 count, u32 narrow, then conditions of u32 index, u32 op, u64 value (the mask of MASKED_EQ), u64 datum. */
const HEAD: u32 = 8;
const SIZE: u32 = 24;

export function makeSet(capacity: u32, narrow: bool): usize {
  const set = alloc(HEAD + capacity * SIZE);
  set32(set, 1, narrow ? 1 : 0);
  return set;
}
export function countOf(set: usize): u32 {
  return get32(set, 0);
}
export function isNarrowSet(set: usize): bool {
  return get32(set, 1) !== 0;
}
export function indexAt(set: usize, i: u32): u32 {
  return get32(set + HEAD + i * SIZE, 0);
}
export function opAt(set: usize, i: u32): u32 {
  return get32(set + HEAD + i * SIZE, 1);
}
export function valueAt(set: usize, i: u32): u64 {
  return get64(set + HEAD + i * SIZE, 1);
}
export function datumAt(set: usize, i: u32): u64 {
  return get64(set + HEAD + i * SIZE, 2);
}

/** Adds a condition at its place; one that compares nothing (mask 0) is dropped, whatever its datum. */
export function addCondition(set: usize, index: u32, op: u32, value: u64, datum: u64): void {
  if (isNarrowSet(set)) {
    value &= 0xffffffff;
    datum &= 0xffffffff;
  }
  if (op === MASKED_EQ) {
    if (value === 0) return;
    datum &= value;
  } else {
    datum = 0;
  }
  let at = countOf(set);
  for (; at > 0 && indexAt(set, at - 1) > index; at--) {
    memory.copy(set + HEAD + at * SIZE, set + HEAD + (at - 1) * SIZE, SIZE);
  }
  const condition = set + HEAD + at * SIZE;
  set32(condition, 0, index);
  set32(condition, 1, op);
  set64(condition, 1, value);
  set64(condition, 2, datum);
  set32(set, 0, countOf(set) + 1);
}

/** The set for a multiplexed call: args[0] is the sub-call's number in place of whatever it was compared with. */
export function withSubcall(set: usize, subcall: u32): usize {
  const result = makeSet(countOf(set) + 1, isNarrowSet(set));
  addCondition(result, 0, EQ, subcall, 0);
  for (let i: u32 = 0; i < countOf(set); i++) {
    if (indexAt(set, i) !== 0)
      addCondition(result, indexAt(set, i), opAt(set, i), valueAt(set, i), datumAt(set, i));
  }
  return result;
}

/** Whether all conditions of `a` are the first ones of `b`. */
export function isPrefix(a: usize, b: usize): bool {
  if (countOf(a) > countOf(b)) return false;
  for (let i: u32 = 0; i < countOf(a); i++) {
    if (indexAt(a, i) !== indexAt(b, i) || opAt(a, i) !== opAt(b, i)) return false;
    if (valueAt(a, i) !== valueAt(b, i) || datumAt(a, i) !== datumAt(b, i)) return false;
  }
  return true;
}

export function isNever(set: usize): bool {
  for (let i: u32 = 0; i < countOf(set); i++) {
    if (opAt(set, i) === LT && valueAt(set, i) === 0) return true;
    if (opAt(set, i) === GT && valueAt(set, i) === largest(set)) return true;
  }
  return false;
}

export function isAlways(set: usize): bool {
  for (let i: u32 = 0; i < countOf(set); i++) {
    if (!isAlwaysAt(set, i)) return false;
  }
  return true;
}

export function isAlwaysAt(set: usize, i: u32): bool {
  if (opAt(set, i) === GE) return valueAt(set, i) === 0;
  return opAt(set, i) === LE && valueAt(set, i) === largest(set);
}

function largest(set: usize): u64 {
  return isNarrowSet(set) ? 0xffffffff : u64.MAX_VALUE;
}
