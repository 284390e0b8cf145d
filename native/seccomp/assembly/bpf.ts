// Emits classic BPF from the last instruction to the first, so that every jump's target is known when it is written.
// A position counts instructions from the end: position 0 is the program's last one.

import { fail, TOO_LONG } from "./failure";
import { alloc, get16, get32, set8, set16, set32 } from "./memory";

export const LOAD: u32 = 0x20; // BPF_LD | BPF_W | BPF_ABS
export const JUMP: u32 = 0x05; // BPF_JMP | BPF_JA
export const IF_EQ: u32 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
export const IF_GT: u32 = 0x25;
export const IF_GE: u32 = 0x35;
export const IF_SET: u32 = 0x45;
export const AND: u32 = 0x54; // BPF_ALU | BPF_AND | BPF_K
export const RETURN: u32 = 0x06; // BPF_RET | BPF_K

/** The kernel's BPF_MAXINSNS. */
const MAX_INSTRUCTIONS: u32 = 4096;
/** Conditional jumps have 8 bits; the rest is room for the JA or RET that reaching the other target may add. */
const REACH: u32 = 250;

let buffer: usize = 0;
let count: u32 = 0;

/** Puts an instruction before all others; its jumps are distances. Returns its position. */
function prepend(code: u32, whenTrue: u32, whenFalse: u32, k: u32): u32 {
  if (buffer === 0) buffer = alloc(MAX_INSTRUCTIONS * 8);
  if (count === MAX_INSTRUCTIONS) {
    fail(TOO_LONG, -1);
    return 0;
  }
  const place = addressOf(count);
  set16(place, 0, code);
  set8(place, 2, whenTrue);
  set8(place, 3, whenFalse);
  set32(place, 1, k);
  return count++;
}

export function programStart(): usize {
  return count === 0 ? buffer : addressOf(count - 1);
}
export function programLength(): u32 {
  return count;
}
/** Position of the instruction written last, which runs first. */
export function newest(): u32 {
  return count - 1;
}

export function load(offset: u32): u32 {
  return prepend(LOAD, 0, 0, offset);
}
export function and(mask: u32): u32 {
  return prepend(AND, 0, 0, mask);
}

/** Goes to one of two positions. */
export function branch(code: u32, k: u32, whenTrue: u32, whenFalse: u32): u32 {
  if (whenTrue === whenFalse) return whenTrue;
  whenTrue = reach(whenTrue);
  whenFalse = reach(whenFalse);
  return prepend(code, count - whenTrue - 1, count - whenFalse - 1, k);
}

/** Makes the next instruction fall into `target`. */
export function fallInto(target: u32): u32 {
  if (target === newest()) return target;
  return isReturn(target)
    ? prepend(RETURN, 0, 0, kAt(target))
    : prepend(JUMP, 0, 0, count - target - 1);
}

/** The position of a RET of this action word that a jump reaches: an old one if it is near. */
export function returnOf(word: u32): u32 {
  const nearest = count > REACH ? count - REACH : 0;
  for (let position = count; position > nearest; position--) {
    if (isReturn(position - 1) && kAt(position - 1) === word) return position - 1;
  }
  return prepend(RETURN, 0, 0, word);
}

/** `target` for code that has just loaded `offset`: its own load of the same word is passed over. */
export function withLoaded(target: u32, offset: u32): u32 {
  return target > 0 && codeAt(target) === LOAD && kAt(target) === offset ? target - 1 : target;
}

function reach(target: u32): u32 {
  if (count - target - 1 <= REACH) return target;
  return isReturn(target) ? returnOf(kAt(target)) : prepend(JUMP, 0, 0, count - target - 1);
}

function isReturn(position: u32): bool {
  return codeAt(position) === RETURN;
}
function codeAt(position: u32): u32 {
  return get16(addressOf(position), 0);
}
function kAt(position: u32): u32 {
  return get32(addressOf(position), 1);
}
function addressOf(position: u32): usize {
  return buffer + (MAX_INSTRUCTIONS - 1 - position) * 8;
}
