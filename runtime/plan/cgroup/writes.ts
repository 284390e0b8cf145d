// One section of the resources, as the files it is written to. Pure.

/** A write into the container's cgroup; `at` is relative to `/linux/resources`. */
export interface Write {
  readonly at: string;
  readonly file: string;
  readonly text: string;
  /** Errno names with which the kernel may refuse. */
  readonly ignore?: readonly string[];
  /** Written in place of `file` where that is missing. */
  readonly fallback?: { readonly file: string; readonly text: string };
  /** Not before the init is in the cgroup. */
  readonly isLate?: boolean;
}

/** A 64-bit integer: a number while it is safe. */
export type Integer = number | bigint;

export const write = (at: string, file: string, value: Integer | string): Write => ({
  at,
  file,
  text: String(value),
});

export const mayFail = (one: Write, ...ignore: string[]): Write => ({ ...one, ignore });

/** Absent, and the zero that engines send for "not set". */
export function isUnset(value: Integer | undefined): value is undefined | 0 | 0n {
  return value === undefined || Number(value) === 0;
}

/** `major:minor value`, the kernel's form of a setting for one block device. */
export function deviceLine(
  device: { major: number; minor: number },
  value: Integer | string,
): string {
  return `${device.major}:${device.minor} ${value}`;
}
