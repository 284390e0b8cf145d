// The table of commands with the options that are loaded late filled in: for who needs all of it at once. Data only.

import { OPTIONS as CHECKPOINT } from "./checkpoint-options.ts";
import { OPTIONS as RESTORE } from "./restore-options.ts";
import { VERBS, type Verb } from "./verbs.ts";

const LATE = new Map([
  ["checkpoint", CHECKPOINT],
  ["restore", RESTORE],
]);

export const WHOLE_VERBS: readonly Verb[] = VERBS.map((verb) => ({
  ...verb,
  options: LATE.get(verb.name) ?? verb.options,
}));
