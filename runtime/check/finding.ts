// What `check` finds, and the door through which it looks at the host. Types, and how a finding is made. Pure.

import type { Problem } from "../errors.ts";
import type { File } from "./program.ts";

export interface Finding extends Problem {
  readonly level: "error" | "warning";
}

/** The only door to the host. */
export interface Look {
  /** A path of the host, links followed. */
  readonly host: (path: string) => File | undefined;
  /** A path of the container, with the root file system as `/`. */
  readonly root: (path: string) => File | undefined;
  readonly exists: (path: string) => boolean;
  /** The text of a small file of the host; undefined when it can't be read. */
  readonly text: (path: string) => string | undefined;
  /** The names in a directory of the host; none when it can't be read. */
  readonly names: (path: string) => readonly string[];
  readonly arch: string;
  /** All names of system calls, on whatever architecture. */
  readonly systemCalls: () => ReadonlySet<string>;
}

export function error(at: string, message: string, hint?: string): Finding {
  return { level: "error", at, message, ...(hint !== undefined && { hint }) };
}

export function warning(at: string, message: string, hint: string): Finding {
  return { level: "warning", at, message, hint };
}
