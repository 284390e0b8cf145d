// Reads the profile text that runtime/seccomp/profile.ts writes (its header has the grammar) into rules.

import { abiCount, abiName, isBigEndian } from "./abis";
import { actionIndex } from "./actions";
import { addCondition, MASKED_EQ, makeSet, NE } from "./conditions";
import { BAD_ABI, fail, failureCode, SYNTAX } from "./failure";
import { alloc, get8, get32, get64, set32, set64 } from "./memory";
import { abiListed, addAbi, addName } from "./rules";
import { FIRST_HASH, nextHash, rowOf } from "./syscalls";

const NEWLINE: u32 = 10;
const SPACE: u32 = 32;
const MAX_CONDITIONS: u32 = 4096;
/** A system call has six arguments. */
const MAX_INDEX: u32 = 5;
/** A condition as read: u32 index, u32 op, u64 value, u64 valueTwo. */
const RAW_BYTES: u32 = 24;

let at: usize = 0;
let end: usize = 0;
let hasStub: bool = false;

/** Whether runc's ENOSYS for calls newer than the profile is asked for. */
export function stubWanted(): bool {
  return hasStub;
}

export function parse(text: usize, length: u32): void {
  at = text;
  end = text + length;
  parseAbis();
  expect(0x53); // S
  hasStub = readNumber() !== 0;
  expect(0x44); // D
  const word = <u32>readNumber();
  actionIndex(word);
  for (let entry: i32 = 0; at < end && failureCode === 0; entry++) parseEntry(entry, word);
}

/** `A native other...`. */
function parseAbis(): void {
  expect(0x41); // A
  while (at < end && failureCode === 0) {
    const start = at;
    while (at < end && get8(at, 0) > SPACE) at++;
    const abi = abiNamed(start, <u32>(at - start));
    if (abi < 0 || (abiListed(0) !== <u32>-1 && isBigEndian(abi) !== isBigEndian(abiListed(0))))
      fail(BAD_ABI, -1);
    else addAbi(abi);
    if (at < end && get8(at++, 0) === NEWLINE) return;
  }
}

/** The ABI of this name, -1 if there is none. */
export function abiNamed(name: usize, length: u32): i32 {
  for (let abi: u32 = 0; abi < abiCount(); abi++) {
    const candidate = abiName(abi);
    let i: u32 = 0;
    while (
      i < length &&
      i < <u32>candidate.length &&
      get8(name, i) === <u32>candidate.charCodeAt(i)
    )
      i++;
    if (i === length && i === <u32>candidate.length) return abi;
  }
  return -1;
}

/** `R action conditions names`, then so many lines of each. */
function parseEntry(entry: i32, defaultWord: u32): void {
  expect(0x52); // R
  const word = <u32>readNumber();
  const conditions = <u32>readNumber();
  const names = <u32>readNumber();
  if (conditions > MAX_CONDITIONS) fail(SYNTAX, entry);
  if (failureCode !== 0) return;
  const raw = conditions > 0 ? readConditions(conditions, entry) : 0;
  if (failureCode !== 0) return;
  const total = setsOf(raw, conditions);
  const wide = makeSets(raw, conditions, total, false);
  const narrow = makeSets(raw, conditions, total, true);
  const action = actionIndex(word);
  for (let i: u32 = 0; i < names && failureCode === 0; i++) {
    const start = at;
    let hash = FIRST_HASH;
    for (; at < end && get8(at, 0) !== NEWLINE; at++) hash = nextHash(hash, get8(at, 0));
    const row = rowOf(start, <u32>(at - start), hash);
    if (at++ >= end) fail(SYNTAX, entry);
    if (row >= 0) addName(row, entry, word === defaultWord, action, total, wide, narrow);
  }
}

function readConditions(count: u32, entry: i32): usize {
  const raw = alloc(count * RAW_BYTES);
  for (let i: u32 = 0; i < count; i++) {
    const condition = raw + i * RAW_BYTES;
    set32(condition, 0, <u32>readNumber());
    set32(condition, 1, <u32>readNumber());
    set64(condition, 1, readNumber());
    set64(condition, 2, readNumber());
    if (get32(condition, 0) > MAX_INDEX || get32(condition, 1) - NE > MASKED_EQ - NE)
      fail(SYNTAX, entry);
  }
  return raw;
}

/** A repeated argument index makes every condition of the entry a rule of its own. */
function setsOf(raw: usize, count: u32): u32 {
  let seen: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const bit: u32 = 1 << get32(raw + i * RAW_BYTES, 0);
    if ((seen & bit) !== 0) return count;
    seen |= bit;
  }
  return 1;
}

function makeSets(raw: usize, count: u32, total: u32, narrow: bool): usize {
  const sets = alloc(total * 4);
  for (let i: u32 = 0; i < total; i++) {
    const set = makeSet(total === 1 ? count : 1, narrow);
    set32(sets, i, <u32>set);
    if (total > 1) addRaw(set, raw + i * RAW_BYTES);
    else for (let j: u32 = 0; j < count; j++) addRaw(set, raw + j * RAW_BYTES);
  }
  return sets;
}

function addRaw(set: usize, raw: usize): void {
  addCondition(set, get32(raw, 0), get32(raw, 1), get64(raw, 1), get64(raw, 2));
}

function expect(byte: u32): void {
  if (at + 1 >= end || get8(at, 0) !== byte || get8(at, 1) !== SPACE) fail(SYNTAX, -1);
  at += 2;
}

/** A decimal number and the space or newline after it. */
function readNumber(): u64 {
  let value: u64 = 0;
  const start = at;
  for (; at < end; at++) {
    const digit = get8(at, 0) - 48;
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === start || at >= end) fail(SYNTAX, -1);
  at++;
  return value;
}
