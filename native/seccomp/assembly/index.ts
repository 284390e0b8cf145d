// The module's exports. An instance serves one call: fill input(), call one function, read output().
// Errors: a code from failure.ts, errorRule(), and their text as output.

import { programLength, programStart } from "./bpf";
import { writeCalls } from "./calls";
import { disassemble as writeProgram } from "./disassemble";
import { DATA_BYTES, emulate as run, stepTotal } from "./emulate";
import { BAD_ABI, BAD_PROGRAM, fail, failureCode, failureRule, failureText } from "./failure";
import { emitFilter } from "./filter";
import { alloc, memoryTop, set32 } from "./memory";
import { abiNamed, parse } from "./parse";
import { textLength, textStart, write } from "./text";

let outputAt: usize = 0;
let outputBytes: u32 = 0;

/** Room for the input of the next call. */
export function input(bytes: u32): usize {
  return alloc(bytes);
}
export function output(): usize {
  return outputAt;
}
export function outputLength(): u32 {
  return outputBytes;
}
/** Index in `syscalls` of the entry that is to blame, -1 if none is. */
export function errorRule(): i32 {
  return failureRule;
}
/** All memory from here on is still zero. */
export function used(): usize {
  return memoryTop();
}

/** Profile text -> struct sock_filter[], little endian. Returns 0 or an error code. */
export function compile(text: usize, bytes: u32): i32 {
  parse(text, bytes);
  if (failureCode === 0) emitFilter();
  if (failureCode !== 0) return report();
  outputAt = programStart();
  outputBytes = programLength() * 8;
  return 0;
}

/** struct sock_filter[] -> text. Returns 0 or an error code. */
export function disassemble(program: usize, bytes: u32): i32 {
  if (bytes % 8 !== 0) {
    fail(BAD_PROGRAM, -1);
    return report();
  }
  writeProgram(program, bytes / 8);
  outputAt = textStart();
  outputBytes = textLength();
  return 0;
}

/** struct seccomp_data, then struct sock_filter[] -> the action word and how many instructions it took, both u32. */
export function decide(data: usize, bytes: u32): i32 {
  const word = bytes < DATA_BYTES ? -1 : run(data + DATA_BYTES, (bytes - DATA_BYTES) / 8, data);
  if (word < 0) {
    fail(BAD_PROGRAM, -1);
    return report();
  }
  outputAt = alloc(8);
  outputBytes = 8;
  set32(outputAt, 0, <u32>word);
  set32(outputAt, 1, stepTotal());
  return 0;
}

/** The name of an ABI -> its calls as text (calls.ts). */
export function listCalls(name: usize, bytes: u32): i32 {
  const abi = abiNamed(name, bytes);
  if (abi < 0) {
    fail(BAD_ABI, -1);
    return report();
  }
  writeCalls(abi);
  outputAt = textStart();
  outputBytes = textLength();
  return 0;
}

/** Runs a program on a struct seccomp_data of 64 bytes; the action word, -1 if it can't be run. May be called often. */
export function emulate(program: usize, bytes: u32, data: usize): i64 {
  return run(program, bytes / 8, data);
}

/** Instructions that the last emulate() took. */
export function steps(): u32 {
  return stepTotal();
}

function report(): i32 {
  write(failureText());
  outputAt = textStart();
  outputBytes = textLength();
  return failureCode;
}
