// Which two commands meet on one container, and what may come of it. Policy as a table.

export type Start = "nothing" | "created" | "running" | "paused";

export interface Pair {
  /** What there is before. */
  readonly start: Start;
  readonly first: string;
  readonly second: string;
  /** How many of the two may succeed. */
  readonly winners: readonly number[];
  /** What the container may be afterwards; "absent" when there is none. */
  readonly ends: readonly string[];
  /** Run once the second one is done, for the first may wait for it. */
  readonly release?: string;
}

const CREATE = "create --bundle BUNDLE ID";
const RUN = "run --detach --bundle BUNDLE ID";
const EXEC = "exec ID true";
const UPDATE = "update --pids-limit 100 ID";
const FORCE = "delete --force ID";

const AT_WORK = ["created", "running", "stopped", "absent"];

export const PAIRS: readonly Pair[] = [
  // One id, one container.
  { start: "nothing", first: CREATE, second: CREATE, winners: [1], ends: ["created"] },
  { start: "nothing", first: RUN, second: RUN, winners: [1], ends: ["running"] },
  { start: "nothing", first: CREATE, second: RUN, winners: [1], ends: ["created", "running"] },
  { start: "nothing", first: CREATE, second: "start ID", winners: [1, 2], ends: AT_WORK },
  { start: "nothing", first: CREATE, second: FORCE, winners: [1, 2], ends: AT_WORK },
  { start: "nothing", first: RUN, second: FORCE, winners: [1, 2], ends: AT_WORK },
  { start: "nothing", first: CREATE, second: "kill ID KILL", winners: [0, 1, 2], ends: AT_WORK },
  // One program, one start.
  { start: "created", first: "start ID", second: "start ID", winners: [1], ends: ["running"] },
  {
    start: "created",
    first: "start ID",
    second: "delete ID",
    winners: [1],
    ends: ["running", "absent"],
  },
  { start: "created", first: "start ID", second: FORCE, winners: [1, 2], ends: ["absent"] },
  {
    start: "created",
    first: "start ID",
    second: "kill ID KILL",
    winners: [1, 2],
    ends: ["stopped"],
  },
  { start: "created", first: EXEC, second: "start ID", winners: [1, 2], ends: ["running"] },
  { start: "created", first: "delete ID", second: "delete ID", winners: [1, 2], ends: ["absent"] },
  // A container that ends under a command.
  { start: "running", first: EXEC, second: FORCE, winners: [1, 2], ends: ["absent"] },
  { start: "running", first: EXEC, second: "kill ID KILL", winners: [1, 2], ends: ["stopped"] },
  { start: "running", first: EXEC, second: EXEC, winners: [2], ends: ["running"] },
  // A program that was frozen on its way waits to be resumed.
  {
    start: "running",
    first: EXEC,
    second: "pause ID",
    winners: [1, 2],
    ends: ["running"],
    release: "resume ID",
  },
  { start: "running", first: UPDATE, second: FORCE, winners: [1, 2], ends: ["absent"] },
  { start: "running", first: UPDATE, second: "kill ID KILL", winners: [1, 2], ends: ["stopped"] },
  { start: "running", first: UPDATE, second: UPDATE, winners: [2], ends: ["running"] },
  { start: "running", first: UPDATE, second: "pause ID", winners: [2], ends: ["paused"] },
  { start: "running", first: "kill ID KILL", second: FORCE, winners: [1, 2], ends: ["absent"] },
  {
    start: "running",
    first: "kill ID KILL",
    second: "kill ID KILL",
    winners: [1, 2],
    ends: ["stopped"],
  },
  {
    start: "running",
    first: "kill ID KILL",
    second: "delete ID",
    winners: [1, 2],
    ends: ["stopped", "absent"],
  },
  { start: "running", first: FORCE, second: FORCE, winners: [2], ends: ["absent"] },
  { start: "running", first: "pause ID", second: "pause ID", winners: [1], ends: ["paused"] },
  // Ordered by chance: killed, then no container to pause; or paused, and killed all the same.
  {
    start: "running",
    first: "pause ID",
    second: "kill ID KILL",
    winners: [1, 2],
    ends: ["stopped"],
  },
  { start: "running", first: "pause ID", second: FORCE, winners: [1, 2], ends: ["absent"] },
  { start: "running", first: "state ID", second: FORCE, winners: [1, 2], ends: ["absent"] },
  { start: "running", first: "list", second: FORCE, winners: [2], ends: ["absent"] },
  { start: "paused", first: "resume ID", second: "resume ID", winners: [1], ends: ["running"] },
  {
    start: "paused",
    first: "resume ID",
    second: "pause ID",
    winners: [1, 2],
    ends: ["running", "paused"],
  },
  { start: "paused", first: "resume ID", second: FORCE, winners: [1, 2], ends: ["absent"] },
  {
    start: "paused",
    first: "resume ID",
    second: "kill ID KILL",
    winners: [1, 2],
    ends: ["stopped"],
  },
];

/** What the loser says: that the other one was faster. */
export const REFUSALS = [
  /^container with given ID already exists/,
  /^container does not exist$/,
  /^container not running/,
  /^container not paused/,
  /^cannot start an already running container$/,
  /^cannot start a container (in the \w+ state|that has stopped)$/,
  /^cannot delete container \S+ that is not stopped: (creating|created|running|paused)$/,
  /cannot exec in a (\w+ container|container that is being created)/,
  /^exec failed: (cannot run a program in the container: )?container (does not exist|not running)/,
  // its cgroup was removed under it
  /^exec failed: cannot run a program in the container: \w+: (ENODEV|ENOENT) /,
  /container init (was killed by signal 9|exited with status 1)/,
  /^cannot start the container: .*ESRCH/,
];
