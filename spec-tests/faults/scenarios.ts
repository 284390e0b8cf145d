// The commands that are swept: what comes before each, and what must hold after it. Policy as a table.

import type { BundleName } from "./bundles.ts";

export type Status = "absent" | "created" | "running" | "paused" | "stopped";

export interface Scenario {
  readonly name: string;
  readonly bundle: BundleName;
  /** Commands that make what it works on; `ID` and `BUNDLE` are put in. */
  readonly prepare: readonly string[];
  readonly command: string;
  /** What the container may be once the command exited with 0. */
  readonly done: readonly Status[];
  /** What it may be once the command failed. */
  readonly failed: readonly Status[];
  /** What must be in the output of the command, or of the container, when it exited with 0. */
  readonly prints?: string;
  /** The process limit in force: [after success, after failure]. */
  readonly pids?: readonly [string, string];
}

const CREATE = "create --bundle BUNDLE ID";
const RUN = "run --detach --bundle BUNDLE ID";

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "create",
    bundle: "idle",
    prepare: [],
    command: CREATE,
    done: ["created"],
    failed: ["absent"],
  },
  {
    name: "start",
    bundle: "idle",
    prepare: [CREATE],
    command: "start ID",
    done: ["running"],
    failed: ["created", "stopped"],
    prints: "idle",
  },
  {
    name: "run",
    bundle: "brief",
    prepare: [],
    command: "run --bundle BUNDLE ID",
    done: ["absent"],
    // the program's end is there already when what is left of it can't be removed
    failed: ["absent", "stopped"],
    prints: "ran",
  },
  {
    name: "run --detach",
    bundle: "idle",
    prepare: [],
    command: RUN,
    done: ["running"],
    failed: ["absent"],
    prints: "idle",
  },
  {
    name: "run (user namespace)",
    bundle: "userns",
    prepare: [],
    command: "run --bundle BUNDLE ID",
    done: ["absent"],
    // the program's end is there already when what is left of it can't be removed
    failed: ["absent", "stopped"],
    prints: "ran",
  },
  {
    name: "exec",
    bundle: "idle",
    prepare: [RUN],
    command: "exec ID echo executed",
    done: ["running"],
    failed: ["running"],
    prints: "executed",
  },
  {
    name: "exec --detach",
    bundle: "idle",
    prepare: [RUN],
    command: "exec --detach --pid-file PIDFILE ID /bin/probe idle executed",
    done: ["running"],
    failed: ["running"],
    prints: "executed",
  },
  {
    name: "kill",
    bundle: "idle",
    prepare: [RUN],
    command: "kill ID KILL",
    done: ["stopped"],
    failed: ["running", "stopped"],
  },
  {
    name: "update",
    bundle: "idle",
    prepare: [RUN],
    command: "update --pids-limit 32 --memory 48M ID",
    done: ["running"],
    failed: ["running"],
    pids: ["32", "64"],
  },
  {
    name: "pause",
    bundle: "idle",
    prepare: [RUN],
    command: "pause ID",
    done: ["paused"],
    failed: ["running"],
  },
  {
    name: "resume",
    bundle: "idle",
    prepare: [RUN, "pause ID"],
    command: "resume ID",
    done: ["running"],
    failed: ["paused", "running"],
  },
  {
    name: "delete",
    bundle: "idle",
    prepare: [CREATE, "kill ID KILL"],
    command: "delete ID",
    done: ["absent"],
    failed: ["stopped", "absent"],
  },
  {
    name: "delete --force",
    bundle: "idle",
    prepare: [RUN],
    command: "delete --force ID",
    done: ["absent"],
    failed: ["running", "stopped", "absent"],
  },
  {
    name: "state",
    bundle: "idle",
    prepare: [RUN],
    command: "state ID",
    done: ["running"],
    failed: ["running"],
    prints: '"running"',
  },
];
