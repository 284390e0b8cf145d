// The command line of runc 1.5 as a table: what both programs are asked about. Names only; runc's own help was its source.

export interface Command {
  readonly name: string;
  /** Positionals that are enough, and one more than is allowed (null: any number is). */
  readonly enough: readonly string[];
  readonly tooMany: readonly string[] | null;
  readonly flags?: readonly string[];
  /** Flags with a text. */
  readonly texts?: readonly string[];
  /** Flags with an integer. */
  readonly counts?: readonly string[];
  /** One-letter names. */
  readonly short?: readonly string[];
  readonly since?: string;
}

const LAUNCH = {
  flags: ["no-pivot", "no-new-keyring"],
  texts: ["bundle", "console-socket", "pidfd-socket", "pid-file"],
  counts: ["preserve-fds"],
  short: ["b"],
} as const;

const ONE = { enough: ["{id}"], tooMany: ["{id}", "else"] } as const;
const NONE = { enough: [], tooMany: ["surplus"] } as const;

export const COMMANDS: readonly Command[] = [
  { name: "create", ...ONE, ...LAUNCH },
  { name: "run", ...ONE, ...LAUNCH, flags: [...LAUNCH.flags, "detach", "keep", "no-subreaper"] },
  { name: "start", ...ONE },
  { name: "state", ...ONE },
  { name: "pause", ...ONE },
  { name: "resume", ...ONE },
  { name: "delete", ...ONE, flags: ["force"] },
  { name: "kill", enough: ["{id}"], tooMany: ["{id}", "TERM", "more"], flags: ["all"] },
  { name: "list", ...NONE, flags: ["quiet"], texts: ["format"], short: ["f"] },
  { name: "features", ...NONE, since: "1.1: features" },
  { name: "spec", ...NONE, flags: ["rootless"], texts: ["bundle"], short: ["b"] },
  { name: "events", ...ONE, flags: ["stats"], texts: ["interval"] },
  { name: "ps", enough: ["{id}"], tooMany: null, texts: ["format"], short: ["f"] },
  {
    name: "exec",
    enough: ["{id}", "true"],
    tooMany: null,
    flags: ["tty", "detach", "no-new-privs", "ignore-paused"],
    texts: [
      ...["console-socket", "pidfd-socket", "cwd", "env", "user", "additional-gids", "process"],
      ...["pid-file", "process-label", "apparmor", "cap", "cgroup"],
    ],
    counts: ["preserve-fds"],
    short: ["e", "u", "g", "p", "c"],
  },
  {
    name: "update",
    ...ONE,
    texts: [
      ...["resources", "cpu-period", "cpu-quota", "cpu-burst", "cpu-share", "cpu-rt-period"],
      ...["cpu-rt-runtime", "cpuset-cpus", "cpuset-mems", "kernel-memory", "kernel-memory-tcp"],
      ...["memory", "cpu-idle", "memory-reservation", "memory-swap"],
      ...["l3-cache-schema", "mem-bw-schema"],
    ],
    counts: ["blkio-weight", "pids-limit"],
    short: ["r"],
  },
];
