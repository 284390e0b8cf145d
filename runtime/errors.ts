// The one error class of the runtime. Pure.

/** What kind of failure; stable, machine-readable. */
export type ErrorCode =
  | "ERR_CONFIG"
  | "ERR_STATE"
  | "ERR_PLAN"
  | "ERR_SYSCALL"
  | "ERR_HOOK"
  | "ERR_USAGE"
  | "ERR_INTERNAL";

/** One thing that is wrong, and where. */
export interface Problem {
  /** JSON pointer into the document, e.g. `/process/cwd`; "" is the whole document. */
  readonly at: string;
  /** What is wrong: the value, shortened, and what is allowed. */
  readonly message: string;
  /** What to do about it, where that is known. */
  readonly hint?: string;
}

/** What an error may carry beside its message. */
export interface ErrorDetails {
  /** JSON pointer of the config value that asked for the failed thing. */
  readonly at?: string;
  readonly hint?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
  readonly code: ErrorCode;
  // `declare`: without a detail there is no property either.
  declare readonly at?: string;
  declare readonly hint?: string;
  declare readonly problems?: readonly Problem[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.at !== undefined) this.at = details.at;
    if (details.hint !== undefined) this.hint = details.hint;
    if (details.problems !== undefined) this.problems = details.problems;
  }
}

/** QuickJS throws null where its memory does not even do for an Error. */
export function isOutOfMemory(error: unknown): boolean {
  if (error === null) return true;
  return (
    error instanceof Error && error.name === "InternalError" && error.message === "out of memory"
  );
}

/** A message goes into a log; an input of megabytes must not. */
const MAX_DESCRIBED = 100;

/** All problems of a document as one error, one line: engines read only the last line of a log. */
export function configError(document: string, problems: readonly Problem[]): RuntimeError {
  const lines = problems.slice(0, MAX_DESCRIBED).map(describeProblem);
  if (problems.length > MAX_DESCRIBED) lines.push(`and ${problems.length - MAX_DESCRIBED} more`);
  const first = problems[0];
  const count = problems.length > 1 ? `${problems.length} problems: ` : "";
  return new RuntimeError("ERR_CONFIG", `${document}: ${count}${lines.join("; ")}`, {
    ...(problems.length === 1 && first !== undefined && { at: first.at }),
    ...(problems.length === 1 && first?.hint !== undefined && { hint: first.hint }),
    problems,
  });
}

/** `/process/cwd: "tmp" is not an absolute path (hint)` */
export function describeProblem(problem: Problem): string {
  const place = problem.at === "" ? "" : `${problem.at}: `;
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return `${place}${problem.message}${hint}`;
}
