// What a runtime printed -> what must be the same for both: no names, ids, paths, pids, times of one run. Pure.

import type { OutputForm } from "./case.ts";

export interface Names {
  readonly token: string;
  readonly dir: string;
}

/** `stdout`, `stderr` or a file, without what belongs to one run or one program. */
export function neutral(text: string, { token, dir }: Names, program: string): string {
  return text
    .replaceAll(program, "PROGRAM")
    .replaceAll(dir, "DIR")
    .replaceAll(token, "TOKEN")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, "TIME")
    .replace(/ (TIME|CREATED) +/g, " $1 ")
    .replace(/("pid": ?)[1-9]\d*/g, '$1"PID"')
    .replace(/^(TOKEN-\d+ +)[1-9]\d* +(created|creating|running|paused) /gm, "$1PID $2 ")
    .replace(/\b(runc|trunc)\b/g, "PROGRAM");
}

export interface Messages {
  /** How the lines are framed. */
  readonly framing: string;
  /** One line each: the level, and those words that engines look for. */
  readonly errors: string;
  readonly warnings: string;
}

/**
 * What a log or standard error says. Of an error only that there is one, and the words that engines look for: the rest
 * is for people, and trunc's own.
 */
export function messagesOf(stderr: string): Messages {
  const parsed = stderr
    .split("\n")
    .filter((line) => line !== "")
    .map(messageOf);
  const framings = [...new Set(parsed.map(({ framing }) => framing))];
  const errors = parsed.filter(({ level }) => level === "error");
  const warnings = parsed.filter(({ level }) => level === "warning");
  return {
    framing: framings.join(" and "),
    errors:
      errors.length === 0 ? "" : `error: ${phrasesOf(errors.map(({ text }) => text).join(" "))}`,
    warnings: warnings.length === 0 ? "" : "warned",
  };
}

/** containerd, podman, dockerd and go-runc match on these. */
const PHRASES: readonly RegExp[] = [
  /permission denied/i,
  /operation not permitted/i,
  /executable file not found in/i,
  /no such file or directory/i,
  /not a directory/i,
  /is a directory/i,
  /process already finished/,
  /container not running/,
  /container is not running|is not running/,
  /no such process/,
  /container does not exist/,
  /already exists/,
  /invalid container ID format/,
  /container paused/,
  /container not paused/,
  /container still running/,
  /is not stopped/,
  /cannot start a container that has stopped/,
  /cannot start an already running container/,
  /cannot pause/,
  /exec failed/,
  /flag provided but not defined/,
  /flag needs an argument/,
  /invalid value/,
  /requires (exactly|a minimum of|a maximum of)/,
  /No help topic/,
  /unknown signal/,
];

function phrasesOf(text: string): string {
  return PHRASES.flatMap((phrase) => phrase.exec(text)?.[0].toLowerCase() ?? []).join(", ");
}

/** Logrus's two forms, and what stands by itself, perhaps after the program's name. */
function messageOf(line: string): { framing: string; level: string; text: string } {
  const logfmt = /^time="?TIME"? level=(\w+) msg=("(?:[^"\\]|\\.)*"|\S+)/.exec(line);
  if (logfmt !== null) {
    const [, level, message] = logfmt;
    return { framing: "logrus text", level: level!, text: unquoted(message!) };
  }
  if (/^\{.*"level":/.test(line)) {
    const { level, msg } = JSON.parse(line) as { level: string; msg: string };
    return { framing: "logrus json", level, text: cleaned(msg) };
  }
  const [, level = "error", text] = /^(?:PROGRAM: )?(?:(debug|info|warning): )?(.*)$/.exec(line)!;
  return { framing: "plain", level, text: cleaned(text!) };
}

function unquoted(word: string): string {
  return cleaned(word.startsWith('"') ? (JSON.parse(word) as string) : word);
}

/** cli v1 puts the program's name into some messages. */
function cleaned(message: string): string {
  return message.replace(/^PROGRAM: /, "").trim();
}

export function outputOf(stdout: string, form: OutputForm): string {
  switch (form) {
    case "exact":
      return stdout;
    case "some":
      return stdout === "" ? "nothing" : "something";
    case "json":
      return JSON.stringify(sorted(JSON.parse(stdout)), null, 1);
    case "keys":
      return [...new Set(keysOf(JSON.parse(stdout)))].sort().join("\n");
    default:
      return form satisfies never;
  }
}

/** The order of names means nothing in JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** `linux.cgroup.v1: boolean`; the elements of a list count as one. */
function keysOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysOf(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, item]) =>
    keysOf(item, path === "" ? key : `${path}.${key}`),
  );
}
