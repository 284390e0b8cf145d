// `trunc completion`: prints what a shell needs to complete trunc's command line. Pure.

import { usageError } from "./args.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { type CommandLine, commandLine } from "./completion/words.ts";
import { zshCompletion } from "./completion/zsh.ts";
import type { Context, Outcome } from "./context.ts";

/** By the shell's name. */
export const COMPLETIONS: ReadonlyMap<string, (line: CommandLine) => string> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

export function run({ args, table }: Context): Outcome {
  const completion = COMPLETIONS.get(args[0]!);
  if (completion === undefined) {
    throw usageError(`no completion for ${JSON.stringify(args[0])}, only for bash, zsh and fish`);
  }
  return { exitCode: 0, output: completion(commandLine(table)) };
}
