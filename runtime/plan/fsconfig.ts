// What fsconfig(2) takes. Pure.

/** Of a value, in bytes. */
const LONGEST_VALUE = 255;

/** At most three bytes a UTF-16 unit: a value that is surely short enough need not be encoded. */
export function isTooLong(value: string): boolean {
  return (
    value.length * 3 > LONGEST_VALUE &&
    (value.length > LONGEST_VALUE || byteLength(value) > LONGEST_VALUE)
  );
}

function byteLength(text: string): number {
  return encodeURIComponent(text.toWellFormed()).replace(/%../g, "-").length;
}
