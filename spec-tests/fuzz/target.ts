// What a fuzz target is, and what counts as a finding.

import type { Random } from "./random.ts";

export interface Finding {
  readonly what: string;
  /** To be tried again: the text of the input. */
  readonly input: string;
}

export interface Target {
  readonly name: string;
  readonly what: string;
  /** Share of the time. */
  readonly weight: number;
  /** Why it can't run here. */
  readonly missing?: string;
  /** Inputs that are always tried, by name. */
  readonly corpus?: ReadonlyMap<string, string>;
  make(random: Random, index: number): string;
  /** What is wrong, or null. */
  check(input: string): string | null;
  close?(): void;
}

/** One line that a command may end with: no stack of JavaScript or Rust, no defect of ours. */
const DEFECT =
  /internal error|panic|RUST_BACKTRACE|^\s+at [\w<.]+|TypeError|RangeError|ReferenceError|SyntaxError: |undefined|\[object Object\]|not a function/m;

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly isTimeout: boolean;
}

/** 3: no such command; 255: exec, as runc. */
const CODES = new Set([0, 1, 3, 255]);
/** The largest message that engines should have to show. */
export const MAX_MESSAGE = 64 << 10;

/** What is wrong with how a command ended, or null. */
export function badEnd({ status, signal, stderr, isTimeout }: Ended): string | null {
  if (isTimeout) return "hangs";
  if (signal !== null) return `killed by ${signal}: ${stderr.slice(-300)}`;
  if (status === null || !CODES.has(status)) return `exit code ${status}: ${stderr.slice(-300)}`;
  if (status !== 0 && stderr.trim() === "") return `exit code ${status} without a word`;
  if (stderr.length > MAX_MESSAGE) return `${stderr.length} characters of messages`;
  return badMessage(stderr);
}

export function badMessage(text: string): string | null {
  const found = DEFECT.exec(text);
  return found === null
    ? null
    : `message: ${text.slice(Math.max(0, found.index - 100), found.index + 300)}`;
}
