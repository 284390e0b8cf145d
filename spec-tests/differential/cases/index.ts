// All cases, table by table.

import type { Case } from "../case.ts";
import { EVENTS } from "./events.ts";
import { EXEC } from "./exec.ts";
import { FLAGS } from "./flags.ts";
import { KILL } from "./kill.ts";
import { LAUNCHES } from "./launches.ts";
import { LOGS } from "./logs.ts";
import { OUTPUTS } from "./outputs.ts";
import { STATES } from "./states.ts";
import { UPDATE } from "./update.ts";
import { USAGE } from "./usage.ts";

export const CASES: ReadonlyMap<string, readonly Case[]> = new Map([
  ["usage", USAGE],
  ["flags", FLAGS],
  ["states", STATES],
  ["outputs", OUTPUTS],
  ["launches", LAUNCHES],
  ["exec", EXEC],
  ["events", EVENTS],
  ["kill", KILL],
  ["update", UPDATE],
  ["logs", LOGS],
]);
