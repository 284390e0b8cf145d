// Amounts as people and engines write them: memory with Docker's units, integers, Go's durations. Pure.

import { usageError } from "./args.ts";

const UNITS = "kmgtp";

/** `64M`, `1.5g`, `.5g`, `1e9`, `512KiB`, `4096`, `-1`: bytes. Units are powers of 1024, in either case. */
export function parseSize(text: string, option: string): number | bigint {
  if (text === "-1") return -1;
  const [, amount = "", unit = ""] =
    /^((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text) ?? [];
  if (amount === "") {
    throw invalid(option, text, "is no amount of memory, as 67108864, 64M or 1.5g, or -1");
  }
  const scale = 1024 ** (UNITS.indexOf(unit.toLowerCase() || " ") + 1);
  if (/^\d+$/.test(amount)) return plain(BigInt(amount) * BigInt(scale));
  const bytes = Math.trunc(Number(amount) * scale);
  if (bytes >= 2 ** 63) throw invalid(option, text, "does not fit 64 bits");
  return bytes;
}

/** An integer of 64 bits; a sign is for those that may be negative. */
export function parseInteger(text: string, option: string, isSigned: boolean): number | bigint {
  const form = isSigned ? /^[+-]?\d+$/ : /^\d+$/;
  if (!form.test(text)) throw invalid(option, text, "is no integer");
  const value = plain(BigInt(text.replace("+", "")));
  const [min, max] = isSigned ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  if (value < min || value > max) throw invalid(option, text, "does not fit 64 bits");
  return value;
}

const MILLISECONDS = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** Go counts nanoseconds in 63 bits. */
const LONGEST_MS = 2 ** 63 / 1e6;

/** `1h2m`, `1.5s`, `300ms`: milliseconds, as Go's time.ParseDuration reads them. */
export function parseDuration(text: string, option: string): number {
  const bad = () =>
    usageError(`invalid value ${JSON.stringify(text)} for flag -${option}: parse error`);
  const [, sign, rest = ""] = /^([+-]?)(.+)$/.exec(text) ?? [];
  if (rest === "0") return 0;
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) throw bad();
  let sum = 0;
  for (const [, amount, unit] of rest.matchAll(/([\d.]+)([^\d.]+)/g)) {
    sum += Number(amount) * MILLISECONDS.get(unit!)!;
  }
  if (sum >= LONGEST_MS) throw bad();
  return sign === "-" ? -sum : sum;
}

/** A number while it is a safe one. */
function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function invalid(option: string, text: string, why: string): Error {
  return usageError(`invalid value for ${option}: ${JSON.stringify(text)} ${why}`);
}
