// Builds the text that an export hands out, as UTF-8 (ASCII in fact).

import { alloc, get8, set8 } from "./memory";

const STEP: u32 = 4096;

let start: usize = 0;
let length: u32 = 0;
let room: u32 = 0;

export function textStart(): usize {
  return start;
}
export function textLength(): u32 {
  return length;
}

export function write(text: string): void {
  for (let i = 0; i < text.length; i++) writeByte(text.charCodeAt(i));
}

export function writeBytes(bytes: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) writeByte(get8(bytes, i));
}

export function writeDecimal(value: u32, width: u32): void {
  let divisor: u32 = 1;
  let digits: u32 = 1;
  while (value / divisor >= 10) {
    divisor *= 10;
    digits++;
  }
  for (; digits < width; width--) writeByte(48);
  for (; divisor > 0; divisor /= 10) writeByte(48 + ((value / divisor) % 10));
}

export function writeHex(value: u32): void {
  write("0x");
  let shift: i32 = 28;
  while (shift > 0 && value >>> shift === 0) shift -= 4;
  for (; shift >= 0; shift -= 4) {
    const digit = (value >>> shift) & 15;
    writeByte(digit < 10 ? 48 + digit : 87 + digit);
  }
}

/** Nothing else allocates while a text grows, so that steps lie one after the other. */
function writeByte(byte: u32): void {
  if (length === room) {
    const step = alloc(STEP);
    if (start === 0) start = step;
    room += STEP;
  }
  set8(start, length++, byte);
}
