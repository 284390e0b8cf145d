// What a person or an engine writes for a signal -> its number. Pure.
// Numbers of Linux on x86, Arm, RISC-V, POWER, s390 and LoongArch: they agree.

import { usageError } from "./args.ts";

/** In the order of their numbers, from 1 on. */
const NAMES =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

/** For who writes them: one name of each. */
export const SIGNAL_NAMES: readonly string[] = NAMES;

const NUMBERS = new Map([
  ...NAMES.map((name, index) => [name, index + 1] as const),
  ["IOT", 6],
  ["CLD", 17],
  ["POLL", 29],
  ["UNUSED", 31],
]);

/** The kernel's last real-time signal. */
const LAST = 64;

/** `TERM`, `SIGTERM`, `term` or `15`. */
export function parseSignal(text: string): number {
  const name = text.toUpperCase().replace(/^SIG/, "");
  const number = /^\+?\d+$/.test(text) ? Number(text) : NUMBERS.get(name);
  if (number !== undefined && number <= LAST) return number;
  throw usageError(`unknown signal ${JSON.stringify(text)}`);
}
