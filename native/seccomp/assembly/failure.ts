// The first failure of a compilation: a code, the index of the profile's entry (-1: none) and a text.

export const SYNTAX: i32 = 1;
export const CONFLICT: i32 = 2;
export const TOO_LONG: i32 = 3;
export const BAD_ABI: i32 = 4;
export const BAD_PROGRAM: i32 = 5;

export let failureCode: i32 = 0;
export let failureRule: i32 = -1;

/** Keeps the first one: what follows is usually its consequence. */
export function fail(code: i32, rule: i32): void {
  if (failureCode !== 0) return;
  failureCode = code;
  failureRule = rule;
}

export function failureText(): string {
  if (failureCode === SYNTAX) return "the profile text is malformed";
  if (failureCode === CONFLICT)
    return "the same conditions on the same system call ask for another action";
  if (failureCode === TOO_LONG) return "the filter would be longer than 4096 instructions";
  if (failureCode === BAD_ABI) return "unknown architecture, or one of the other byte order";
  if (failureCode === BAD_PROGRAM) return "not a filter program";
  return "";
}
