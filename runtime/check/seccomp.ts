// `linux.seccomp` -> what in it does nothing, though it is no mistake that would stop a container. Pure.
// Spec: config-linux.md#seccomp

import { nearest } from "../cli/nearest.ts";
import type { Config, Seccomp, SeccompArg, SeccompSyscall } from "../config/types.ts";
import { AT, wordOf } from "../seccomp/profile.ts";
import { type Finding, type Look, warning } from "./finding.ts";

export function checkSeccomp({ linux }: Config, { systemCalls }: Look): Finding[] {
  const profile = linux?.seccomp;
  if (profile?.syscalls === undefined || profile.syscalls.length === 0) return [];
  return [
    ...unknownNames(profile.syscalls, systemCalls()),
    ...hiddenRules(profile, profile.syscalls),
    ...impossibleConditions(profile.syscalls),
  ];
}

/** Passed over when the filter is made, as by runc: an older kernel's profile may be right to have them. */
function unknownNames(entries: readonly SeccompSyscall[], known: ReadonlySet<string>): Finding[] {
  const candidates = [...known];
  return entries.flatMap(({ names }, entry) =>
    names.flatMap((name, index) => {
      if (known.has(name)) return [];
      const meant = nearest(name, candidates);
      const hint = meant === undefined ? "the rule does nothing for it" : `did you mean ${meant}?`;
      const what = `${JSON.stringify(name)} is no system call of any architecture: ignored`;
      return [warning(`${AT}/syscalls/${entry}/names/${index}`, what, hint)];
    }),
  );
}

/** What is said of a call without conditions decides alone, wherever it stands; of two the first. */
function hiddenRules(profile: Seccomp, entries: readonly SeccompSyscall[]): Finding[] {
  const fallback = wordOf(profile.defaultAction, profile.defaultErrnoRet);
  const words = entries.map(({ action, errnoRet }) => wordOf(action, errnoRet));
  const decisive = new Map<string, number>();
  entries.forEach(({ names, args = [] }, entry) => {
    // what the default says too is no rule
    if (words[entry] === fallback || args.some(compares)) return;
    for (const name of names) if (!decisive.has(name)) decisive.set(name, entry);
  });
  return entries.flatMap(({ names }, entry) =>
    names.flatMap((name, index) => {
      const other = decisive.get(name) ?? entry;
      // the same answer, twice: nothing is lost
      if (other === entry || words[other] === words[entry] || words[entry] === fallback) return [];
      return [
        warning(
          `${AT}/syscalls/${entry}/names/${index}`,
          `${name} is decided by ${AT}/syscalls/${other} alone, which has no conditions`,
          "give that one conditions, or remove the name here",
        ),
      ];
    }),
  );
}

/** A mask of 0 compares nothing. */
function compares({ op, value }: SeccompArg): boolean {
  return op !== "SCMP_CMP_MASKED_EQ" || BigInt(value) !== 0n;
}

const LARGEST = (1n << 64n) - 1n;

function impossibleConditions(entries: readonly SeccompSyscall[]): Finding[] {
  return entries.flatMap(({ args = [] }, entry) =>
    args.flatMap(({ op, value }, index) => {
      const isNever =
        (op === "SCMP_CMP_LT" && BigInt(value) === 0n) ||
        (op === "SCMP_CMP_GT" && BigInt(value) === LARGEST);
      if (!isNever) return [];
      const at = `${AT}/syscalls/${entry}/args/${index}`;
      return [warning(at, `${op} ${value} never holds`, "arguments are unsigned")];
    }),
  );
}
