// Where warnings, steps and the last error of a command go: standard error and the log file. Effects through the host.
// Engines show the log's last line of level "error" (containerd) or standard error (conmon) to their users, so an error
// is one line that is complete by itself, and the last.

import { isOutOfMemory, RuntimeError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { attempt, callPhrase, isSyscallError } from "../lifecycle/syscall.ts";
import type { Globals, Reporter } from "./context.ts";
import { type Level, logLine, oneLine } from "./log.ts";

export interface MainReporter extends Reporter {
  /** Makes the log file: whoever asked for one must hear at once if there can be none. */
  open(): void;
  error(message: string): void;
  /** Reports whatever a command threw. */
  fail(error: unknown): void;
  now(): string;
}

/** Before the options are known there is only standard error. */
export function logReporter(host: Host, globals: Globals | undefined): MainReporter {
  const { log, logFormat, isDebug = false } = globals ?? {};
  const report = (level: Level, message: string): void => {
    const line = oneLine(message);
    const forPeople =
      logFormat === "json" && log === undefined
        ? logLine("json", level, line, now())
        : `${prefix(level)}${line}\n`;
    if (log === undefined || level === "error") toStandardError(host, forPeople);
    if (log === undefined) return;
    try {
      host.appendText(log, logLine(logFormat ?? "text", level, line, now()), 0o644);
    } catch (failure) {
      toStandardError(host, `trunc: warning: cannot write the log ${log}: ${messageOf(failure)}\n`);
    }
  };
  return {
    now,
    open: () => {
      if (log !== undefined) attempt(`open the log ${log}`, () => host.appendText(log, "", 0o644));
    },
    debug: (message) => {
      if (isDebug) report("debug", message);
    },
    warn: (message) => report("warning", message),
    error: (message) => report("error", message),
    fail: (error) => {
      const stack = error instanceof Error ? error.stack : undefined;
      if (isDebug && stack !== undefined) toStandardError(host, `${stack.trimEnd()}\n`);
      report("error", messageOf(error));
    },
  };
}

/** As the launcher has it, for when not even this can be told from here. */
const OUT_OF_MEMORY =
  "out of memory: a command may take 256 MiB; is what it was given of a sensible size?";

/** The whole message of an error: a refusal with its hint, or a defect of ours, marked as such. */
export function messageOf(error: unknown): string {
  if (error instanceof RuntimeError) {
    const { message, hint } = error;
    return hint === undefined || message.includes(hint) ? message : `${message}; hint: ${hint}`;
  }
  if (isSyscallError(error)) return callPhrase(error);
  if (isOutOfMemory(error)) return OUT_OF_MEMORY;
  if (error instanceof Error) return `internal error: ${error.name}: ${error.message}`;
  return `internal error: thrown: ${error}`;
}

/** A caller that closed it does not want to know; the log still does. */
function toStandardError(host: Host, text: string): void {
  try {
    host.write(2, text);
  } catch {
    // nobody is left to tell
  }
}

function prefix(level: Level): string {
  return level === "error" ? "trunc: " : `trunc: ${level}: `;
}

/** RFC 3339, UTC, without a fraction, as logrus writes it. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
