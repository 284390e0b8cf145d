// Rules of the process; pointers are relative to it, since `exec` takes it alone. Pure.
// Spec: config.md#process

import { show } from "../problems.ts";
import { parseRanges } from "../ranges.ts";
import type { Report, Rule } from "../rule.ts";
import type { Process } from "../types.ts";
import { requireAbsolute } from "./paths.ts";
import { checkScheduler } from "./scheduler.ts";

/** struct winsize holds 16 bits for each. */
const MAX_CONSOLE = 65535;

/** NGROUPS_MAX of setgroups(2). */
const MAX_GROUPS = 65536;

export const PROCESS_RULES: readonly Rule<Process>[] = [
  { reads: ["/args"], check: checkArgs },
  { reads: ["/cwd"], check: checkCwd },
  { reads: ["/env"], check: checkEnv },
  { reads: ["/user"], check: checkGroups },
  { reads: ["/rlimits"], check: checkRlimits },
  { reads: ["/terminal", "/consoleSize"], check: checkConsoleSize },
  { reads: ["/execCPUAffinity"], check: checkCpuAffinity },
  { reads: ["/scheduler"], check: checkScheduler },
];

/** "at least one entry is REQUIRED (non-Windows)" */
function checkArgs(process: Process, report: Report): void {
  const args: readonly string[] | undefined = process.args;
  if (args === undefined) report("/args", "is missing");
  else if (args.length === 0) report("/args", "must have at least one entry");
}

/** "This value MUST be an absolute path." */
function checkCwd({ cwd }: Process, report: Report): void {
  requireAbsolute(cwd, "/cwd", report);
}

/** environ is a list of name=value; runc refuses anything else. */
function checkEnv({ env = [] }: Process, report: Report): void {
  env.forEach((entry, index) => {
    if (entry.indexOf("=") < 1)
      report(`/env/${index}`, `${show(entry)} is not of the form name=value`);
  });
}

function checkGroups(process: Process, report: Report): void {
  const user: Process["user"] | undefined = process.user;
  const length = user?.additionalGids?.length ?? 0;
  if (length <= MAX_GROUPS) return;
  report("/user/additionalGids", `${length} groups are more than the kernel's ${MAX_GROUPS}`);
}

/** "If `rlimits` contains duplicated entries with same `type`, the runtime MUST generate an error." */
function checkRlimits({ rlimits = [] }: Process, report: Report): void {
  const seen = new Set<string>();
  rlimits.forEach(({ type, soft, hard }, index) => {
    const at = `/rlimits/${index}`;
    if (seen.has(type)) report(at, `a second limit for ${type}`);
    seen.add(type);
    if (soft > hard) report(`${at}/soft`, `${soft} is more than the hard limit ${hard}`);
  });
}

/** "Runtimes MUST ignore `consoleSize` if `terminal` is `false` or unset." */
function checkConsoleSize({ terminal, consoleSize }: Process, report: Report): void {
  if (terminal !== true || consoleSize === undefined) return;
  for (const side of ["height", "width"] as const) {
    if (consoleSize[side] > MAX_CONSOLE) {
      report(`/consoleSize/${side}`, `${consoleSize[side]} is more than ${MAX_CONSOLE}`);
    }
  }
}

/** "This is a a comma-separated list, with dashes to represent ranges." */
function checkCpuAffinity({ execCPUAffinity = {} }: Process, report: Report): void {
  for (const name of ["initial", "final"] as const) {
    const list = execCPUAffinity[name] ?? "";
    if (parseRanges(list) === null) {
      report(`/execCPUAffinity/${name}`, `${show(list)} is not a list of CPUs like "0-3,7"`);
    }
  }
}
