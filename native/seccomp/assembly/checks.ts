// Code for conditional rules: the first whose conditions all hold decides. Comparisons look at the low word first where
// they can, since that is where arguments differ; a load that the jump before has done is passed over.

import { actionWord } from "./actions";
import {
  and,
  branch,
  fallInto,
  IF_EQ,
  IF_GE,
  IF_GT,
  IF_SET,
  load,
  returnOf,
  withLoaded,
} from "./bpf";
import {
  countOf,
  datumAt,
  EQ,
  GE,
  GT,
  indexAt,
  isAlwaysAt,
  isNarrowSet,
  LE,
  LT,
  NE,
  opAt,
  valueAt,
} from "./conditions";
import { actionOf, codeOf, fallbackOf, lastOf, previousOf, setCode, setOf } from "./lists";

/** Offset of args[0] in struct seccomp_data. */
const ARGS: u32 = 16;

let isBig: bool = false;

export function setByteOrder(big: bool): void {
  isBig = big;
}

/** Emits a list once; returns where it begins. */
export function emitList(list: usize): u32 {
  if (codeOf(list) !== 0) return codeOf(list) - 1;
  let entry = returnOf(actionWord(fallbackOf(list)));
  for (let node = lastOf(list); node !== 0; node = previousOf(node)) {
    entry = emitSet(setOf(node), returnOf(actionWord(actionOf(node))), entry);
  }
  setCode(list, entry);
  return entry;
}

function emitSet(set: usize, pass: u32, fail: u32): u32 {
  let entry = pass;
  for (let i = countOf(set); i > 0; i--) {
    if (!isAlwaysAt(set, i - 1)) entry = emitCondition(set, i - 1, entry, fail);
  }
  return entry;
}

function emitCondition(set: usize, i: u32, pass: u32, fail: u32): u32 {
  const op = opAt(set, i);
  const value = valueAt(set, i);
  const narrow = isNarrowSet(set);
  const first = ARGS + indexAt(set, i) * 8;
  const low = isBig ? first + 4 : first;
  const high = isBig ? first : first + 4;
  if (op === EQ) return emitMasked(low, high, narrow, u64.MAX_VALUE, value, pass, fail);
  if (op === NE) return emitMasked(low, high, narrow, u64.MAX_VALUE, value, fail, pass);
  if (op === GE) return emitOrder(IF_GE, low, high, narrow, value, pass, fail);
  if (op === GT) return emitOrder(IF_GT, low, high, narrow, value, pass, fail);
  if (op === LT) return emitOrder(IF_GE, low, high, narrow, value, fail, pass);
  if (op === LE) return emitOrder(IF_GT, low, high, narrow, value, fail, pass);
  return emitMasked(low, high, narrow, value, datumAt(set, i), pass, fail);
}

function emitMasked(
  low: u32,
  high: u32,
  narrow: bool,
  mask: u64,
  datum: u64,
  pass: u32,
  fail: u32,
): u32 {
  let entry = pass;
  if (!narrow) entry = emitWord(high, u32(mask >> 32), u32(datum >> 32), entry, fail);
  return emitWord(low, u32(mask), u32(datum), entry, fail);
}

function emitWord(offset: u32, mask: u32, datum: u32, pass: u32, fail: u32): u32 {
  if (mask === 0) return pass;
  let entry: u32;
  if (mask === u32.MAX_VALUE) {
    entry = branch(IF_EQ, datum, withLoaded(pass, offset), withLoaded(fail, offset));
  } else if (datum === 0) {
    entry = branch(IF_SET, mask, withLoaded(fail, offset), withLoaded(pass, offset));
  } else if (datum === mask && (mask & (mask - 1)) === 0) {
    entry = branch(IF_SET, mask, withLoaded(pass, offset), withLoaded(fail, offset));
  } else {
    fallInto(branch(IF_EQ, datum, pass, fail));
    entry = and(mask);
  }
  return loadInto(entry, offset);
}

/** `code` is IF_GT or IF_GE; the high words decide unless they are equal. */
function emitOrder(
  code: u32,
  low: u32,
  high: u32,
  narrow: bool,
  value: u64,
  pass: u32,
  fail: u32,
): u32 {
  const highValue = u32(value >> 32);
  const whenEqual = loadInto(
    branch(code, u32(value), withLoaded(pass, low), withLoaded(fail, low)),
    low,
  );
  if (narrow) return whenEqual;
  let entry = whenEqual;
  // nothing is less than 0, so that what is not greater is equal
  if (highValue !== 0) entry = branch(IF_EQ, highValue, whenEqual, withLoaded(fail, high));
  if (highValue !== u32.MAX_VALUE) entry = branch(IF_GT, highValue, withLoaded(pass, high), entry);
  return loadInto(entry, high);
}

function loadInto(entry: u32, offset: u32): u32 {
  fallInto(entry);
  return load(offset);
}
