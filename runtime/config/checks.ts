// What the generated validators call. Pure.

/** One place where a value does not fit the schema; problems.ts words it. */
export interface Failure {
  /** JSON pointer */
  readonly at: string;
  /** Keyword of the compiled schema: type, required, text, flag, within, word, matches. */
  readonly kind: string;
  /** What is allowed; its type depends on the kind. */
  readonly allowed: unknown;
}

/** Appends to the list, which does not exist while all is well. */
export function fail(
  list: Failure[] | null,
  at: string,
  kind: string,
  allowed: unknown,
): Failure[] {
  const failure = { at, kind, allowed };
  if (list === null) return [failure];
  list.push(failure);
  return list;
}

/** An exact integer in the range. A bound beyond 2^53 stands for the 64-bit type's own, which is one less. */
export function isWithin(value: unknown, low: number, high: number): boolean {
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value >= low && value <= high;
  return typeof value === "bigint" && value >= low && value <= upperBound(high);
}

/** 2^64 and 2^63 are doubles, 2^64 - 1 and 2^63 - 1 are not: a schema can only say the former. */
function upperBound(high: number): bigint {
  return Number.isSafeInteger(high) ? BigInt(high) : BigInt(high) - 1n;
}
