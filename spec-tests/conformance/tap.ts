// What one test of the validation suite printed (TAP with YAML below its lines) -> what it says failed. Pure.

export interface Verdict {
  readonly passed: number;
  /** Titles of `not ok` lines, errors that it only mentions, and how it ended. */
  readonly failures: readonly string[];
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** null: killed, by a signal or for want of time. */
  readonly code: number | null;
}

export function judge({ stdout, stderr, code }: Ended): Verdict {
  const lines = stdout.split("\n");
  const passed = lines.filter((line) => /^ok\b/.test(line)).length;
  const failures = lines.flatMap((line) => /^not ok \d+(?: - )?(.*)/.exec(line)?.[1] ?? []);
  // Some plan no tests at all: an error that they describe is then their only way to say so.
  if (passed + failures.length === 0) failures.push(...lines.flatMap(errorOf));
  if (code !== 0)
    failures.push(`${code === null ? "killed" : `exit ${code}`}: ${lastLine(stderr)}`);
  return { passed, failures: failures.map(neutral) };
}

function errorOf(line: string): string[] {
  const found = /^\s*"?error"?: (".*"),?$/.exec(line)?.[1];
  if (found === undefined) return [];
  const text = JSON.parse(found) as string;
  return text === "" ? [] : [`error: ${text.split("\n")[0]}`];
}

/** What the runtime said comes before the suite's own "exit status 1". */
function lastLine(stderr: string): string {
  const lines = stderr
    .split("\n")
    .filter((line) => !/^(?:exit status \d+|Refer to: .*|\s*)$/.test(line));
  return lines.at(-1) ?? "";
}

/** Names and numbers that are others each time. */
function neutral(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/\S*\/ocitest\d+/g, "BUNDLE");
}
