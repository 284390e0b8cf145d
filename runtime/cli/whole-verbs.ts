// The table of commands with the options that are loaded late filled in: for who needs all of it at once. Data only.

import { LATE_OPTIONS } from "./late-options.ts";
import { VERBS, type Verb } from "./verbs.ts";

export const WHOLE_VERBS: readonly Verb[] = VERBS.map((verb) => ({
  ...verb,
  options: LATE_OPTIONS.get(verb.name) ?? verb.options,
}));
