// The one line in which a runtime says why it failed.

import * as assert from "uvu/assert";
import type { Result } from "./call.ts";

/** The message itself: out of runc's logfmt (time=.. level=error msg="..") or as the line stands. */
export function messageOf(result: Result): string {
  const line = result.stderr.trim().split("\n").at(-1) ?? "";
  const quoted = /\bmsg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  if (quoted === undefined) return /\bmsg=(\S+)/.exec(line)?.[1] ?? line;
  return JSON.parse(quoted.replace(/\\x([0-9a-f]{2})/g, "\\u00$1")) as string;
}

/** Fails unless stderr is exactly one line: engines show only the last, and users only what engines show. */
export function isOneLine(result: Result): void {
  const lines = result.stderr.replace(/\n$/, "").split("\n");
  assert.is(lines.length, 1, `more than one line: ${result.stderr}`);
  assert.ok(lines[0], "no message at all");
}
