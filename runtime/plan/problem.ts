// The compiler's errors: what config.json asks for and this host can't give. Pure.

import { describeProblem, type Problem, RuntimeError } from "../errors.ts";

export function planError(at: string, message: string, hint?: string): RuntimeError {
  const problem: Problem = { at, message, ...(hint !== undefined && { hint }) };
  return new RuntimeError("ERR_PLAN", describeProblem(problem), {
    at,
    problems: [problem],
    ...(hint !== undefined && { hint }),
  });
}
