// A system call as a person names it on the command line -> its numbers. Pure.

import { CONSTANT_NAMES, parseArgument } from "../seccomp/arguments.ts";
import type { Abi } from "../seccomp/calls.ts";
import { ARCHITECTURES } from "../seccomp/words.ts";
import { usageError } from "./args.ts";
import { nearest } from "./nearest.ts";

/** The compiler's name of an architecture, given as the specification has it or without SCMP_ARCH_. */
export function abiName(given: string | undefined, nativeAbi: string): string {
  if (given === undefined) return nativeAbi;
  const known = ARCHITECTURES.get(given) ?? ARCHITECTURES.get(`SCMP_ARCH_${given.toUpperCase()}`);
  if (known !== undefined) return known.name;
  const names = [...ARCHITECTURES.values()].map(({ name }) => name);
  throw usageError(`unknown architecture ${JSON.stringify(given)}; there are ${names.join(", ")}`);
}

/** By name; by number too, for calls that are newer than the table. */
export function numberOf(call: string, { name, calls }: Abi): number {
  const row = calls.find((known) => known.name === call);
  if (row?.number !== undefined) return row.number;
  if (row?.carrier !== undefined) {
    const carrier = calls.find(({ number }) => number === row.carrier?.number)!;
    throw usageError(
      `${call} has no number of its own on ${name}: test ${carrier.name} with ${row.carrier.subcall} as its first argument`,
    );
  }
  if (/^(\d+|0x[\da-f]+)$/i.test(call) && Number(call) < numberLimit(name)) return Number(call);
  const meant = nearest(
    call,
    calls.map((known) => known.name),
  );
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  throw usageError(`unknown system call ${JSON.stringify(call)} on ${name}${hint}`);
}

/** On x86_64 a bit of the number says that the call is one of x32. */
function numberLimit(abi: string): number {
  if (abi === "x86_64") return 0x40000000;
  return abi === "x32" ? 0x80000000 : 2 ** 32;
}

/** Six, 0 where none is given. */
export function argumentsOf(words: readonly string[]): bigint[] {
  if (words.length > 6) throw usageError(`a system call has six arguments, not ${words.length}`);
  return Array.from({ length: 6 }, (_, index) => argumentOf(words[index] ?? "0"));
}

function argumentOf(word: string): bigint {
  const value = parseArgument(word);
  if (value !== undefined) return value;
  const meant = nearest(word, CONSTANT_NAMES);
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  throw usageError(`${JSON.stringify(word)} is no number of 64 bits${hint}`);
}
