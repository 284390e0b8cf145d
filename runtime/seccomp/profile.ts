// `linux.seccomp` -> the text that the filter compiler (native/seccomp) reads, and what is wrong with it. Pure.
// Spec: config-linux.md#seccomp
//
// The text, made of joins because loops over characters are slow on QuickJS:
//
//   A x86_64 x86 x32                native ABI, then the listed ones
//   S 1                             1: calls newer than the profile's newest get ENOSYS
//   D 327681                        default action, SECCOMP_RET_* with its data
//   R 2147418112 1 2                per entry: action, number of conditions, number of names
//   0 1 40 0                          condition: argument, operator, value, valueTwo
//   socket                            names, one a line
//   socketpair

import type { Problem } from "../errors.ts";
import { conditionLine, type SeccompCondition } from "./conditions.ts";
import * as words from "./words.ts";

/** One entry of `syscalls`. */
export interface SeccompEntry {
  readonly names?: readonly string[] | null;
  readonly action: string;
  readonly errnoRet?: number | bigint | null;
  readonly args?: readonly SeccompCondition[] | null;
}

/** `linux.seccomp`, as far as a filter needs it. Go writes empty lists as null. */
export interface SeccompProfile {
  readonly defaultAction?: string;
  readonly defaultErrnoRet?: number | bigint | null;
  readonly architectures?: readonly string[] | null;
  readonly flags?: readonly string[] | null;
  readonly listenerPath?: string;
  readonly listenerMetadata?: string;
  readonly syscalls?: readonly SeccompEntry[] | null;
}

export interface ProfileOptions {
  /** runc's ENOSYS for calls above the profile's highest number; on unless a test compares with plain libseccomp. */
  readonly hasStub?: boolean;
}

export interface ProfileText {
  /** For the compiler; empty: no filter is asked for. */
  readonly text: string;
  /** For seccomp(2): SECCOMP_FILTER_FLAG_*, NEW_LISTENER among them if `hasNotify`. */
  readonly flags: number;
  /** Some entry says SCMP_ACT_NOTIFY: loading the filter returns a listener. */
  readonly hasNotify: boolean;
  /** If there are any, `text` must not be used. `at` is a pointer into config.json. */
  readonly problems: readonly Problem[];
}

/** Where the profile stands in config.json; the compiler's rule index goes to ruleAt(). */
export const AT = "/linux/seccomp";
const EPERM = 1;
/** libseccomp refuses an errno from here on; the kernel would clamp it. */
const MAX_ERRNO = 4095;

type Report = (at: string, message: string) => void;

/** `nativeAbi` is the compiler's name of the machine's own ABI (see words.ts; `x86_64`, `aarch64`, ...). */
export function profileText(
  profile: SeccompProfile,
  nativeAbi: string,
  options: ProfileOptions = {},
): ProfileText {
  const problems: Problem[] = [];
  const report: Report = (at, message) => {
    problems.push({ at: `${AT}${at}`, message });
  };
  const entries = profile.syscalls ?? [];
  // runc takes a profile that says nothing for none; with entries the missing default is an error
  if ((profile.defaultAction ?? "") === "" && entries.length === 0)
    return { text: "", flags: 0, hasNotify: false, problems };
  const fallback = profile.defaultAction ?? "";
  const lines = [
    architectureLine(profile.architectures ?? [], nativeAbi, report),
    `S ${options.hasStub === false ? 0 : 1}`,
    `D ${actionWord(fallback, profile.defaultErrnoRet, -1, report)}`,
  ];
  let hasNotify = false;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    if (words.ACTIONS.get(entry.action) === words.NOTIFY) hasNotify = true;
    entryLines(lines, entry, i, report);
  }
  checkListener(profile, hasNotify, report);
  lines.push("");
  const flags = flagBits(profile.flags, hasNotify, report);
  // a lone surrogate can't be in the name of a call, but would not cross to native code
  return { text: lines.join("\n").toWellFormed(), flags, hasNotify, problems };
}

/** The pointer for an error of the compiler, which knows entries by their index. */
export function ruleAt(rule: number): string {
  return rule < 0 ? AT : `${AT}/syscalls/${rule}`;
}

/** The SECCOMP_RET_* word of an action of a profile that has no problems. */
export function wordOf(action: string, errno: number | bigint | null | undefined): number {
  return actionWord(action, errno, -1, () => {});
}

function architectureLine(listed: readonly string[], nativeAbi: string, report: Report): string {
  const native = [...words.ARCHITECTURES.values()].find((abi) => abi.name === nativeAbi);
  const names = [nativeAbi];
  if (native === undefined) report("", `no filter can be made for ${JSON.stringify(nativeAbi)}`);
  listed.forEach((name, i) => {
    const abi = words.ARCHITECTURES.get(name);
    if (abi === undefined)
      report(
        `/architectures/${i}`,
        `${JSON.stringify(name)} is not an architecture that a filter can be made for`,
      );
    else if (native !== undefined && abi.isBigEndian !== native.isBigEndian)
      report(
        `/architectures/${i}`,
        `${name} has the other byte order than this machine (${nativeAbi})`,
      );
    else names.push(abi.name);
  });
  return `A ${names.join(" ")}`;
}

/**
 * An errno counts with its low 16 bits, as in runc. With an action that has no use for one runc ignores it and crun
 * fails; no engine was seen to send that, so the spec decides: "the runtime MUST print and error and fail".
 */
function actionWord(
  action: string,
  errno: number | bigint | null | undefined,
  entry: number,
  report: Report,
): number {
  const word = words.ACTIONS.get(action);
  if (word === undefined) {
    const message = action === "" ? "is missing" : `${JSON.stringify(action)} is not an action`;
    report(entry < 0 ? "/defaultAction" : `/syscalls/${entry}/action`, message);
    return 0;
  }
  const takesErrno = word === words.ERRNO || word === words.TRACE;
  if (errno === undefined || errno === null) return takesErrno ? word | EPERM : word;
  const data = isUnsigned(errno) ? Number(BigInt.asUintN(16, BigInt(errno))) : -1;
  const at = entry < 0 ? "/defaultErrnoRet" : `/syscalls/${entry}/errnoRet`;
  if (!takesErrno) report(at, `${action} takes no errno`);
  else if (data < 0) report(at, `${errno} is not an unsigned integer`);
  else if (word === words.ERRNO && data >= MAX_ERRNO)
    report(at, `${errno} is not below ${MAX_ERRNO}`);
  else return word | data;
  return word;
}

// Pointers are made where something is reported only: on QuickJS they would cost more than all the rest.
function entryLines(lines: string[], entry: SeccompEntry, index: number, report: Report): void {
  const word = actionWord(entry.action, entry.errnoRet, index, report);
  const conditions = entry.args ?? [];
  let names = entry.names ?? [];
  let text = names.join("\n");
  if (names.includes("")) reportEmpty(names, index, report);
  // cheaper than to look at each name; no call has such a name, so it is as unknown as any other
  if (names.join("").includes("\n")) {
    names = names.filter((name) => !name.includes("\n"));
    text = names.join("\n");
  }
  // "names MUST contain at least one entry": runc and crun let an empty list do nothing
  lines.push(`R ${word} ${conditions.length} ${names.length}`);
  for (let i = 0; i < conditions.length; i++)
    lines.push(conditionLine(conditions[i]!, index, i, report));
  if (names.length > 0) lines.push(text);
  // the runtime itself writes to the socket that hands the listener over
  if (word === words.NOTIFY && names.includes("write"))
    report(
      `/syscalls/${index}/names/${names.indexOf("write")}`,
      "SCMP_ACT_NOTIFY cannot be used for the write syscall",
    );
}

function reportEmpty(names: readonly string[], index: number, report: Report): void {
  names.forEach((name, i) => {
    if (name === "") report(`/syscalls/${index}/names/${i}`, "is empty");
  });
}

function checkListener(profile: SeccompProfile, hasNotify: boolean, report: Report): void {
  const hasListener = (profile.listenerPath ?? "") !== "";
  if (words.ACTIONS.get(profile.defaultAction ?? "") === words.NOTIFY)
    report("/defaultAction", "SCMP_ACT_NOTIFY cannot be used as default action");
  if (hasNotify && !hasListener) report("/listenerPath", "is missing, but SCMP_ACT_NOTIFY is used");
  if (!hasListener && (profile.listenerMetadata ?? "") !== "")
    report("/listenerMetadata", "must not be set without listenerPath");
}

/** No list means SPEC_ALLOW, as in runc; an empty one means none. */
function flagBits(
  flags: readonly string[] | null | undefined,
  hasNotify: boolean,
  report: Report,
): number {
  let bits = flags === undefined || flags === null ? words.SPEC_ALLOW : 0;
  flags?.forEach((name, i) => {
    const bit = words.FLAGS.get(name);
    if (bit === undefined) report(`/flags/${i}`, `${JSON.stringify(name)} is not a flag`);
    else if (bit === words.WAIT_KILLABLE_RECV && !hasNotify)
      report(`/flags/${i}`, `${name} needs SCMP_ACT_NOTIFY`);
    else bits |= bit;
  });
  return hasNotify ? bits | words.NEW_LISTENER : bits;
}

function isUnsigned(value: number | bigint): boolean {
  return typeof value === "bigint" ? value >= 0n : Number.isSafeInteger(value) && value >= 0;
}
