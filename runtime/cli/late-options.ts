// The options that are loaded with their command, by its name: for who needs all of them at once. Data only.

import type { OptionSpec } from "./args.ts";
import { OPTIONS as CHECKPOINT } from "./checkpoint-options.ts";
import { OPTIONS as EVENTS } from "./events-options.ts";
import { OPTIONS as EXEC } from "./exec-options.ts";
import { OPTIONS as RESTORE } from "./restore-options.ts";
import { OPTIONS as SECCOMP } from "./seccomp-options.ts";
import { OPTIONS as UPDATE } from "./update-options.ts";

export const LATE_OPTIONS: ReadonlyMap<string, readonly OptionSpec[]> = new Map([
  ["checkpoint", CHECKPOINT],
  ["events", EVENTS],
  ["exec", EXEC],
  ["restore", RESTORE],
  ["seccomp", SECCOMP],
  ["update", UPDATE],
]);
