// Every command called wrongly, by rule from the table of commands: counts, unknown flags, values that are missing or bad.

import type { Case } from "../case.ts";
import { COMMANDS, type Command } from "../commands.ts";

export const USAGE: readonly Case[] = COMMANDS.flatMap(casesOf);

function casesOf(command: Command): Case[] {
  const { name, enough, tooMany, since } = command;
  const { flags = [], texts = [], counts = [], short = [] } = command;
  const call = (...words: string[]): Case => ({
    argv: [name, ...words],
    ...(since !== undefined && { since }),
    // create and run succeed where they are called rightly
    config: (config) => {
      config.process.args = ["/bin/true"];
    },
  });
  const help = (...argv: string[]): Case => ({ ...call(), argv, output: "some" });
  return [
    ...(enough.length > 0 ? [call(), call("--", ...enough), call(...enough, "--")] : []),
    ...(tooMany !== null ? [call(...tooMany)] : []),
    call("--no-such-flag", ...enough),
    call("-X", ...enough),
    ...[...texts, ...counts].map((flag) => call(`--${flag}`)),
    ...short.map((flag) => call(`-${flag}`)),
    ...counts.flatMap((flag) => [
      call(`--${flag}`, "many", ...enough),
      call(`--${flag}=1.5`, ...enough),
    ]),
    ...flags.map((flag) => call(`--${flag}=perhaps`, ...enough)),
    help(name, "--help"),
    help(name, ...enough, "-h"),
    help("help", name),
  ];
}
