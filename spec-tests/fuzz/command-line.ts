// Target: argument lists made of the real words and of odd ones.

import { join } from "node:path";
import { GLOBAL_OPTIONS } from "../../runtime/cli/verbs.ts";
import { WHOLE_VERBS } from "../../runtime/cli/whole-verbs.ts";
import { Nobody } from "./nobody.ts";
import { oddText, oneIn, pick, type Random } from "./random.ts";
import type { Target } from "./target.ts";

interface Option {
  readonly name: string;
  readonly short?: string;
}

const VALUES = [
  ...[
    "c1",
    "text",
    "json",
    "table",
    "true",
    "false",
    "auto",
    "0",
    "1",
    "-1",
    "4294967296",
    "10m",
    "1s",
  ],
  ...[
    "TERM",
    "SIGKILL",
    "65",
    "u:1",
    "1:2",
    "a:b,c",
    "/dev/null",
    "/no/such/file",
    "-",
    "--",
    "-h",
  ],
  ...["3.5", "99999999999999999999", "NaN", "KEY=value", "cpuset:/x", "1-2,4"],
];

export function commandLines(base: string, corpus: ReadonlyMap<string, string>): Target {
  const nobody = new Nobody(base, "cli");
  return {
    name: "cli",
    what: "argument lists, as a user who owns nothing",
    weight: 2,
    corpus,
    make: (random) => JSON.stringify(argvOf(random)),
    check: (input) => {
      const argv = (JSON.parse(input) as string[]).map((word) => word.toWellFormed());
      if (argv.some((word) => word.includes("\0"))) return null;
      // which prints stacks, as it is meant to
      if (argv.some((word) => /^--?debug(?:=|$)/.test(word))) return null;
      return nobody.run(["--root", join(nobody.directory, "root"), ...argv]);
    },
  };
}

function argvOf(random: Random): string[] {
  const argv = oneIn(random, 3) ? optionWords(random, GLOBAL_OPTIONS) : [];
  const verb = pick(random, WHOLE_VERBS);
  argv.push(oneIn(random, 15) ? oddText(random) : verb.name);
  for (let i = random(4); i > 0; i--) argv.push(...optionWords(random, verb.options));
  for (let i = random(4); i > 0; i--) argv.push(word(random));
  return argv;
}

function optionWords(random: Random, options: readonly Option[]): string[] {
  if (options.length === 0 || oneIn(random, 10))
    return [`-${"-".repeat(random(3))}${word(random)}`];
  const { name, short } = pick(random, options);
  const dashed = short !== undefined && oneIn(random, 3) ? `-${short}` : `--${name}`;
  switch (random(3)) {
    case 0:
      return [dashed];
    case 1:
      return [`${dashed}=${word(random)}`];
    default:
      return [dashed, word(random)];
  }
}

const word = (random: Random): string =>
  oneIn(random, 5) ? oddText(random) : pick(random, VALUES);
