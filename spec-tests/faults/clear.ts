// Whether what a command said of its failure is fit to be read: one line that names the call or its error. Pure.

import type { Outcome } from "./injector.ts";

export interface Expected {
  /** `EPERM`, or `SIGKILL` of another process than the command. */
  readonly kind: string;
  readonly call: string;
}

/** Words for an error that is told without its name. */
const WORDS: Readonly<Record<string, RegExp>> = {
  EPERM: /operation not permitted/i,
  ENOMEM: /cannot allocate memory|out of memory|memory allocation/i,
  ENOSPC: /no space left/i,
  EINTR: /interrupted/i,
  SIGKILL: /killed|SIGKILL|gone|not running|not started/i,
};

/** Whatever they fail with, there is no memory. */
const MEMORY = new Set(["mmap", "brk", "mremap"]);

/** What only a defect of the runtime's prints. */
const INTERNAL = /internal error|panicked|RUST_BACKTRACE|\bat <|\bat \w+ \(|undefined|\[object/;

/** Why the message won't do; undefined when it does. */
export function whyUnclear(outcome: Outcome, { kind, call }: Expected): string | undefined {
  const { code, signal, stderr } = outcome;
  if (signal !== 0) return `died by signal ${signal}`;
  // the program's own end, for all that anybody can see
  if (kind === "SIGKILL" && code === 128 + 9 && stderr === "") return undefined;
  const lines = stderr.replace(/\n$/, "").split("\n");
  if (code === 0) return lines.every(isWarning) ? undefined : `exit code 0, but: ${stderr}`;
  if (lines.length > 1) return `${lines.length} lines: ${stderr}`;
  const [line = ""] = lines;
  if (line === "") return `exit code ${code} without a message`;
  if (INTERNAL.test(line)) return line;
  const isNamed =
    line.includes(kind) ||
    line.includes(call) ||
    WORDS[kind]?.test(line) ||
    (MEMORY.has(call) && line.includes("out of memory"));
  return isNamed ? undefined : `names neither ${call} nor ${kind}: ${line}`;
}

function isWarning(line: string): boolean {
  return line === "" || (line.startsWith("trunc: warning: ") && !INTERNAL.test(line));
}
