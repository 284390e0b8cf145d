// Runs a filter program on one struct seccomp_data, as the kernel would.

import { AND, IF_EQ, IF_GE, IF_GT, IF_SET, JUMP, LOAD, RETURN } from "./bpf";
import { get8, get16, get32 } from "./memory";

/** Bytes of struct seccomp_data. */
export const DATA_BYTES: u32 = 64;

let executed: u32 = 0;

/** Instructions that the last run took. */
export function stepTotal(): u32 {
  return executed;
}

/** The action word, or -1 if the program is not one that this project emits. `data` holds words as the kernel has them. */
export function emulate(program: usize, count: u32, data: usize): i64 {
  let a: u32 = 0;
  executed = 0;
  for (let pc: u32 = 0; pc < count; pc++) {
    const at = program + pc * 8;
    const code = get16(at, 0);
    const k = get32(at, 1);
    executed++;
    if (code === RETURN) return k;
    if (code === LOAD) {
      if (k >= DATA_BYTES || (k & 3) !== 0) return -1;
      a = get32(data, k >>> 2);
    } else if (code === AND) {
      a &= k;
    } else if (code === JUMP) {
      if (k >= count) return -1;
      pc += k;
    } else {
      let holds = false;
      if (code === IF_EQ) holds = a === k;
      else if (code === IF_GT) holds = a > k;
      else if (code === IF_GE) holds = a >= k;
      else if (code === IF_SET) holds = (a & k) !== 0;
      else return -1;
      pc += get8(at, holds ? 2 : 3);
    }
  }
  return -1;
}
