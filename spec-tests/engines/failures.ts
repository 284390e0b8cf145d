// Containers that can't start, and what their user is told of it, for every engine.

export interface Failure {
  readonly what: string;
  /** The engine's exit code. */
  readonly code: number;
  readonly message: RegExp;
  readonly flags?: readonly string[];
  readonly argv?: readonly string[];
}

/** Programs that can't be executed. */
export const PROGRAM_FAILURES: readonly Failure[] = [
  {
    what: "a missing command",
    argv: ["no-such-program"],
    code: 127,
    message: /exec: "no-such-program": executable file not found in \$PATH/,
  },
  {
    what: "a file that can't be executed",
    argv: ["/etc/not-executable"],
    code: 126,
    message: /\/etc\/not-executable.*permission denied/,
  },
  {
    what: "a directory",
    argv: ["/etc"],
    code: 126,
    message: /"\/etc".*(permission denied|is a directory)/,
  },
];
