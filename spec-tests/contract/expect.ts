// Assertions that need no engine: JSON-like comparison, with bigints told apart from numbers.

/** Throws unless both show as the same text. */
export function equal(actual: unknown, expected: unknown): void {
  if (Object.is(actual, expected)) return;
  const [left, right] = [shown(actual), shown(expected)];
  if (left !== right) throw new Error(`got ${left.slice(0, 200)}, expected ${right.slice(0, 200)}`);
}

export function isTrue(condition: boolean): void {
  if (!condition) throw new Error("not so");
}

export function bytesEqual(actual: Uint8Array, expected: Uint8Array): void {
  equal(Array.from(actual), Array.from(expected));
}

/** The error that `call` throws; its message must match. */
export function throws(call: () => unknown, message: RegExp): Error {
  try {
    call();
  } catch (error) {
    if (!(error instanceof Error)) throw new Error(`threw ${shown(error)}, not an error`);
    if (!message.test(error.message)) throw new Error(`message was ${shown(error.message)}`);
    return error;
  }
  throw new Error(`threw nothing, expected ${message}`);
}

/** Sorts keys: the order of members is no part of the contract. */
function shown(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === "bigint") return `${member}n`;
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
