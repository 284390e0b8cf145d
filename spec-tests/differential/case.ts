// One command line that runc and trunc both get, and what of its outcome is compared. Data only.

import type { Edit } from "../harness/bundle.ts";

/** What the container `{id}` is when the command comes; "missing": there is none. */
export type Status = "missing" | "creating" | "created" | "running" | "paused" | "stopped";

/**
 * How standard output is compared: as it is ("exact"), as JSON whatever its layout ("json"), only the names and types of
 * its JSON values ("keys"), or whether there is any ("some").
 */
export type OutputForm = "exact" | "json" | "keys" | "some";

export interface Case {
  /**
   * The words after the program's name; `{id}`, `{dir}` (a directory of the case's own), `{bundle}` and `{root}` stand for
   * the runtime's own. `--root {root}` is put first unless a word says `{root}` or the case has `noRoot`.
   */
  readonly argv: readonly string[];
  readonly container?: Status;
  readonly config?: Edit;
  /** Text of config.json in place of one made from `config`. */
  readonly configText?: string;
  readonly stdin?: string;
  /** What the container is in the end: looked at until then. */
  readonly settles?: Status;
  readonly env?: Readonly<Record<string, string>>;
  /** Files in `{dir}` that are there before, with their text. */
  readonly given?: Readonly<Record<string, string>>;
  /** Files in `{dir}` whose text after the command is compared. */
  readonly files?: readonly string[];
  readonly output?: OutputForm;
  readonly noRoot?: true;
  /** Where the command is called; `{bundle}` unless it is said. */
  readonly cwd?: string;
  /** The runc that brought it, and what it brought: no older one is asked. */
  readonly since?: string;
}

/** Cases from lines; words are parted by blanks. */
export function lines(text: string, more: Omit<Case, "argv"> = {}): Case[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => ({ argv: line.split(/ +/), ...more }));
}

/** What a case is called in reports and in the table of accepted differences. */
export function nameOf({ argv, container = "missing" }: Case): string {
  const words = argv.map((word) => (/^[^\s'"]+$/.test(word) ? word : JSON.stringify(word)));
  return container === "missing" ? words.join(" ") : `${container}: ${words.join(" ")}`;
}
