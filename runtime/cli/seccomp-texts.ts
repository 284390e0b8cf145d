// What `trunc seccomp` prints, and what it exits with. Pure.

import type { Abi } from "../seccomp/calls.ts";
import type { Decision } from "../seccomp/decide.ts";
import type { Instruction } from "../seccomp/listing.ts";
import { abiNames } from "../seccomp/listing-text.ts";
import * as words from "../seccomp/words.ts";

/** What is said of one call. */
export interface Answer {
  readonly call: string;
  readonly number: number;
  /** The compiler's name. */
  readonly abi: string;
  /** Those that were given. */
  readonly args: readonly bigint[];
  readonly decision: Decision;
  /** `EPERM`, of the number in the action; `-` where it has none. */
  readonly errnoName: string;
  /** Instructions that the filter took. */
  readonly steps: number;
}

/** For scripts; 1 is that of a command that failed. */
const GOES_THROUGH = 0;
const IS_REFUSED = 2;
const OTHERS_DECIDE = 4;

export function exitCodeOf(word: number): number {
  const action = kindOf(word);
  if (action === words.ALLOW || action === words.LOG) return GOES_THROUGH;
  return action === words.NOTIFY || action === words.TRACE ? OTHERS_DECIDE : IS_REFUSED;
}

/** The specification's name of an action, the last of those that mean the same. */
export function actionOf(word: number): string {
  const names = [...words.ACTIONS].flatMap(([name, kind]) => (kind === kindOf(word) ? name : []));
  return names.at(-1) ?? `0x${word.toString(16)}`;
}

const REASONS: Readonly<Record<Decision["by"], string>> = {
  rule: "",
  default: ": no rule holds",
  newer: ": newer than all calls that these name, so it fails as one that the kernel does not have",
  architecture: ": not in this list",
};

export function verdictText({ call, abi, args, decision, errnoName }: Answer): string {
  const { word, at, by } = decision;
  const name = errnoName === "-" ? "" : ` (${errnoName})`;
  const errno = hasErrno(word) ? ` ${word & 0xffff}${name}` : "";
  const what = `${call}(${args.map(hex).join(", ")}) on ${abi}`;
  return `${what}: ${actionOf(word)}${errno} by ${at}${REASONS[by]}\n`;
}

export function verdictJson(answer: Answer): string {
  const { word, at, by } = answer.decision;
  return json({
    syscall: answer.call,
    number: answer.number,
    arch: scmpArch(answer.abi),
    args: answer.args.map(hex),
    action: actionOf(word),
    ...(hasErrno(word) && { errnoRet: word & 0xffff }),
    ...(hasErrno(word) && answer.errnoName !== "-" && { errno: answer.errnoName }),
    by,
    at,
    instructions: answer.steps,
  });
}

export function instructionJson(
  instructions: readonly Instruction[],
  abis: readonly Abi[],
): string {
  return json(
    instructions.map(({ index, step, field, audit, calls }) => ({
      index,
      ...(audit !== undefined && { architectures: abiNames(audit, abis).map(scmpArch) }),
      ...("whenTrue" in step && { field }),
      ...step,
      ...(calls !== undefined && { syscalls: calls }),
    })),
  );
}

function scmpArch(abi: string): string {
  return `SCMP_ARCH_${abi.toUpperCase()}`;
}

function kindOf(word: number): number {
  return word === words.KILL_PROCESS ? word : (word & 0x7fff0000) >>> 0;
}

function hasErrno(word: number): boolean {
  return [words.ERRNO, words.TRACE].includes(kindOf(word));
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
