// One system call -> what a profile says to it, and which part of the profile says so. Pure.
// The filter itself can't tell: it is a tree in which rules are no more to be seen. This is the model that it is compiled by:
// of a call's rules the first without conditions decides, else the first whose conditions all hold.
// Spec: config-linux.md#seccomp

import type { Abi } from "./calls.ts";
import type { SeccompCondition } from "./conditions.ts";
import {
  AT,
  type ProfileOptions,
  type SeccompEntry,
  type SeccompProfile,
  wordOf,
} from "./profile.ts";
import * as words from "./words.ts";

/** A call as seccomp sees it. */
export interface CallData {
  readonly number: number;
  /** Six. */
  readonly args: readonly bigint[];
}

export interface Decision {
  /** SECCOMP_RET_* with its data. */
  readonly word: number;
  /** "newer": the call is newer than all that the profile names; "architecture": the call's is not in the list. */
  readonly by: "rule" | "default" | "newer" | "architecture";
  /** JSON pointer into config.json. */
  readonly at: string;
}

interface Rule {
  readonly word: number;
  readonly at: string;
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly index: number;
  readonly holds: (argument: bigint) => boolean;
}

const ENOSYS = words.ERRNO | 38;

/** `abi` is the call's; `listed` has the compiler's names of the machine's own and of the profile's. */
export function decide(
  profile: SeccompProfile,
  abi: Abi,
  listed: ReadonlySet<string>,
  { number, args }: CallData,
  options: ProfileOptions = {},
): Decision {
  if (!listed.has(abi.name))
    return { word: words.KILL_THREAD, by: "architecture", at: `${AT}/architectures` };
  const fallback = wordOf(profile.defaultAction ?? "", profile.defaultErrnoRet);
  const entries = profile.syscalls ?? [];
  if (options.hasStub !== false && denies(fallback) && isNewer(entries, abi, number))
    return { word: ENOSYS, by: "newer", at: `${AT}/syscalls` };
  const rules = entries.flatMap((entry, index) => {
    const word = wordOf(entry.action, entry.errnoRet);
    // what a rule says that the default says too is as if it were not there
    return word === fallback ? [] : rulesOf(entry, `${AT}/syscalls/${index}`, word, abi, number);
  });
  const decisive =
    rules.find(({ conditions }) => conditions.length === 0) ??
    rules.find(({ conditions }) => conditions.every(({ index, holds }) => holds(args[index]!)));
  if (decisive !== undefined) return { word: decisive.word, by: "rule", at: decisive.at };
  return { word: fallback, by: "default", at: `${AT}/defaultAction` };
}

/** The compiler's names of all ABIs that a profile's filter knows. */
export function listedAbis(profile: SeccompProfile, nativeAbi: string): ReadonlySet<string> {
  const names = profile.architectures ?? [];
  return new Set([
    nativeAbi,
    ...names.flatMap((name) => words.ARCHITECTURES.get(name)?.name ?? []),
  ]);
}

/** runc answers ENOSYS above the highest number that is named, but where all is allowed or traced. */
function denies(word: number): boolean {
  const action = (word & 0xffff0000) >>> 0;
  return [words.ERRNO, words.TRAP, words.KILL_THREAD, words.KILL_PROCESS].includes(action);
}

/** Their number 0 is no call, but the kernel's way to pass numbers above 255: runc's answer to it is the same. */
const WITHOUT_ZERO = new Set(["s390", "s390x"]);

/** Calls that a carrier makes are not counted, and where none but number 0 is named nothing is newer. */
function isNewer(entries: readonly SeccompEntry[], { name, calls }: Abi, number: number): boolean {
  const named = new Set(entries.flatMap(({ names }) => names ?? []));
  const numbers = calls.flatMap((call) =>
    call.carrier === undefined && named.has(call.name) ? (call.number ?? []) : [],
  );
  const highest = Math.max(0, ...numbers);
  const isNoCall = number === 0 && WITHOUT_ZERO.has(name);
  return highest > 0 && (isNoCall || number > highest);
}

/** What an entry says about the calls with this number: one rule for each of its names, or several. */
function rulesOf(entry: SeccompEntry, at: string, word: number, abi: Abi, number: number): Rule[] {
  const names = new Set(entry.names ?? []);
  return abi.calls
    .filter(({ name }) => names.has(name))
    .flatMap((call) => [
      ...(call.number === number ? alternatives(entry, at, word, abi) : []),
      ...(call.carrier?.number === number
        ? alternatives(entry, at, word, abi, call.carrier.subcall)
        : []),
    ]);
}

/**
 * Conditions on different arguments must all hold; where one argument is compared twice each condition is a rule of its
 * own. A carrier's first argument says which call is meant, whatever the entry compares it with.
 */
function alternatives(
  { args }: SeccompEntry,
  at: string,
  word: number,
  abi: Abi,
  subcall?: number,
): Rule[] {
  const places = (args ?? []).map((condition, index) => ({ condition, at: `${at}/args/${index}` }));
  const isSplit = new Set(places.map(({ condition }) => condition.index)).size < places.length;
  return (isSplit ? places.map((place) => [place]) : [places]).map((all) => {
    const set = all.filter(({ condition }) => subcall === undefined || condition.index !== 0);
    const conditions = set.flatMap(({ condition }) => conditionOf(condition, abi));
    if (subcall !== undefined)
      conditions.unshift(comparison(0, abi, (argument) => argument === BigInt(subcall)));
    const [first, second] = set;
    return { word, conditions, at: second === undefined ? (first?.at ?? at) : `${at}/args` };
  });
}

/** None for a condition that masks everything away: it compares nothing. */
function conditionOf(condition: SeccompCondition, abi: Abi): Condition[] {
  const width = abi.isNarrow ? 32 : 64;
  const value = BigInt.asUintN(width, BigInt(condition.value));
  const valueTwo = BigInt.asUintN(width, BigInt(condition.valueTwo ?? 0));
  if (condition.op === "SCMP_CMP_MASKED_EQ" && value === 0n) return [];
  const compare = COMPARISONS.get(condition.op)!;
  return [comparison(condition.index, abi, (argument) => compare(argument, value, valueTwo))];
}

function comparison(
  index: number,
  { isNarrow }: Abi,
  holds: (argument: bigint) => boolean,
): Condition {
  return { index, holds: isNarrow ? (argument) => holds(BigInt.asUintN(32, argument)) : holds };
}

type Compare = (argument: bigint, value: bigint, valueTwo: bigint) => boolean;

const COMPARISONS: ReadonlyMap<string, Compare> = new Map<string, Compare>([
  ["SCMP_CMP_NE", (argument, value) => argument !== value],
  ["SCMP_CMP_LT", (argument, value) => argument < value],
  ["SCMP_CMP_LE", (argument, value) => argument <= value],
  ["SCMP_CMP_EQ", (argument, value) => argument === value],
  ["SCMP_CMP_GE", (argument, value) => argument >= value],
  ["SCMP_CMP_GT", (argument, value) => argument > value],
  ["SCMP_CMP_MASKED_EQ", (argument, value, valueTwo) => (argument & value) === (valueTwo & value)],
]);
