// One element of `args` -> one line of the profile text. Pure.
// Spec: config-linux.md#seccomp ("index", "value", "valueTwo", "op")

import { OPERATORS } from "./words.ts";

export interface SeccompCondition {
  readonly index: number;
  /** uint64; a bigint where a double would not be exact. */
  readonly value: number | bigint;
  readonly valueTwo?: number | bigint | null;
  readonly op: string;
}

const MAX_UINT64 = (1n << 64n) - 1n;
/** A system call has six arguments. */
const MAX_INDEX = 5;

/** `entry` and `place` say where the condition stands. */
export function conditionLine(
  condition: SeccompCondition,
  entry: number,
  place: number,
  report: (at: string, message: string) => void,
): string {
  const { index, value, op } = condition;
  const valueTwo = condition.valueTwo ?? 0;
  const operator = OPERATORS.get(op);
  const wrong = (key: string, message: string) =>
    report(`/syscalls/${entry}/args/${place}/${key}`, message);
  if (!Number.isInteger(index) || index < 0 || index > MAX_INDEX)
    wrong("index", `${index} is not an argument: 0 to ${MAX_INDEX}`);
  if (!isUint64(value)) wrong("value", `${value} is not an unsigned 64-bit integer`);
  if (!isUint64(valueTwo)) wrong("valueTwo", `${valueTwo} is not an unsigned 64-bit integer`);
  if (operator === undefined) wrong("op", `${JSON.stringify(op)} is not an operator`);
  return `${index} ${operator} ${value} ${valueTwo}`;
}

/** A number beyond 2^53 has already lost digits: the reader must give a bigint. */
function isUint64(value: number | bigint): boolean {
  if (typeof value === "bigint") return value >= 0n && value <= MAX_UINT64;
  return Number.isSafeInteger(value) && value >= 0;
}
