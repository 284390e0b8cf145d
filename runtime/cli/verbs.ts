// The one table of commands: names, options, arguments, short help, and the chunk that does the work.
// Data only; the longer help texts are in help-texts.ts, which only --help loads.

import type { OptionSpec, OptionsEnd } from "./args.ts";
import type { Run } from "./context.ts";

export interface Verb {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** The arguments, as the usage line shows them. */
  readonly operands: string;
  /** How many positionals are allowed. */
  readonly arity: { readonly min: number; readonly max: number };
  readonly options: readonly OptionSpec[];
  /** Instead of `options`, where they are many: every command loads this table. The verb's own chunk has them, or one before it. */
  readonly loadOptions?: () => Promise<{ readonly OPTIONS: readonly OptionSpec[] }>;
  readonly optionsEnd: OptionsEnd;
  readonly load: () => Promise<{ readonly run: Run }>;
}

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: "debug", kind: "flag", help: "log every step" },
  { name: "log", kind: "text", value: "FILE", help: "append the log to FILE (default: stderr)" },
  { name: "log-format", kind: "text", value: "FORMAT", help: "text or json (default: text)" },
  {
    name: "root",
    kind: "text",
    value: "DIR",
    help: "where the state of containers is kept (default: /run/trunc, or $XDG_RUNTIME_DIR/trunc)",
  },
  { name: "systemd-cgroup", kind: "flag", help: "let systemd make the cgroups" },
  {
    name: "cgroup-manager",
    kind: "text",
    value: "MANAGER",
    help: "who makes the cgroups: cgroupfs, systemd, or disabled for none (default: cgroupfs)",
  },
  {
    name: "rootless",
    kind: "text",
    value: "BOOL",
    help: "ignore cgroup permission errors: true, false or auto (default: auto)",
  },
  { name: "version", short: "v", kind: "flag", help: "print the version" },
];

const BUNDLE: OptionSpec = {
  name: "bundle",
  short: "b",
  kind: "text",
  value: "DIR",
  help: "the bundle's directory (default: the current one)",
};

const FORMAT: OptionSpec = {
  name: "format",
  short: "f",
  kind: "text",
  value: "FORMAT",
  help: "table or json (default: table)",
};

const REPORT_FORMAT: OptionSpec = {
  name: "format",
  short: "f",
  kind: "text",
  value: "FORMAT",
  help: "text or json (default: text)",
};

const LAUNCH_OPTIONS: readonly OptionSpec[] = [
  BUNDLE,
  {
    name: "console-socket",
    kind: "text",
    value: "SOCKET",
    help: "Unix socket that gets the master of the container's terminal",
  },
  {
    name: "pidfd-socket",
    kind: "text",
    value: "SOCKET",
    help: "Unix socket that gets a pidfd of the container's first process",
  },
  { name: "pid-file", kind: "text", value: "FILE", help: "write the process id to FILE" },
  {
    name: "no-pivot",
    kind: "flag",
    help: "do not use pivot_root (for a rootfs on a ramdisk)",
  },
  {
    name: "no-new-keyring",
    kind: "flag",
    help: "keep the caller's session keyring instead of making one",
  },
  {
    name: "preserve-fds",
    kind: "count",
    value: "N",
    help: "hand N descriptors on to the container, after stdio and $LISTEN_FDS (default: 0)",
  },
  {
    name: "trace",
    kind: "text",
    value: "FILE",
    help: "write the time of every step to FILE (Chrome and Perfetto open it)",
  },
];

const ONE_ID = { operands: "CONTAINER", arity: { min: 1, max: 1 } } as const;
const NONE = { operands: "", arity: { min: 0, max: 0 } } as const;

export const VERBS: readonly Verb[] = [
  {
    name: "check",
    summary: "tell what is wrong with a bundle",
    operands: "[BUNDLE]",
    arity: { min: 0, max: 1 },
    options: [REPORT_FORMAT],
    optionsEnd: "separator",
    load: () => import("./check.ts"),
  },
  {
    name: "checkpoint",
    summary: "write a running container into files",
    ...ONE_ID,
    options: [],
    loadOptions: () => import("./checkpoint-options.ts"),
    optionsEnd: "separator",
    load: () => import("./checkpoint.ts"),
  },
  {
    name: "completion",
    summary: "print completion for a shell",
    operands: "SHELL",
    arity: { min: 1, max: 1 },
    options: [],
    optionsEnd: "separator",
    load: () => import("./completion.ts"),
  },
  {
    name: "create",
    summary: "create a container",
    ...ONE_ID,
    options: LAUNCH_OPTIONS,
    optionsEnd: "separator",
    load: () => import("./create.ts"),
  },
  {
    name: "delete",
    summary: "delete a container and what it holds",
    ...ONE_ID,
    options: [
      {
        name: "force",
        short: "f",
        kind: "flag",
        help: "kill the container first; no error if it does not exist",
      },
    ],
    optionsEnd: "separator",
    load: () => import("./delete.ts"),
  },
  {
    name: "exec",
    summary: "run another program in a container",
    operands: "CONTAINER PROGRAM [ARGUMENT...]",
    arity: { min: 1, max: Number.POSITIVE_INFINITY },
    options: [],
    loadOptions: () => import("./exec.ts"),
    optionsEnd: "first positional",
    load: () => import("./exec.ts"),
  },
  {
    name: "events",
    summary: "print the statistics of a container every few seconds, and when it lacks memory",
    ...ONE_ID,
    options: [],
    loadOptions: () => import("./events.ts"),
    optionsEnd: "separator",
    load: () => import("./events.ts"),
  },
  {
    name: "explain",
    summary: "print what creating a container from a bundle would do",
    operands: "[BUNDLE]",
    arity: { min: 0, max: 1 },
    options: [REPORT_FORMAT],
    optionsEnd: "separator",
    load: () => import("./explain.ts"),
  },
  {
    name: "features",
    summary: "print what this runtime supports, as JSON",
    ...NONE,
    options: [],
    optionsEnd: "separator",
    load: () => import("./features.ts"),
  },
  {
    name: "kill",
    summary: "send a signal to a container",
    operands: "CONTAINER [SIGNAL]",
    arity: { min: 1, max: 2 },
    options: [
      { name: "all", short: "a", kind: "flag", help: "signal every process of the container" },
    ],
    // A signal may be written as a negative number by mistake; it must not be read as an option.
    optionsEnd: "known only",
    load: () => import("./kill.ts"),
  },
  {
    name: "list",
    summary: "list containers",
    ...NONE,
    options: [FORMAT, { name: "quiet", short: "q", kind: "flag", help: "print only the ids" }],
    optionsEnd: "separator",
    load: () => import("./list.ts"),
  },
  {
    name: "pause",
    summary: "stop all processes of a container",
    ...ONE_ID,
    options: [],
    optionsEnd: "separator",
    load: () => import("./pause.ts"),
  },
  {
    name: "ps",
    summary: "list the processes of a container",
    operands: "CONTAINER [PS OPTIONS]",
    arity: { min: 1, max: Number.POSITIVE_INFINITY },
    options: [FORMAT],
    optionsEnd: "first positional",
    load: () => import("./ps.ts"),
  },
  {
    name: "restore",
    summary: "make a container anew from what checkpoint wrote",
    ...ONE_ID,
    options: [],
    loadOptions: () => import("./restore-options.ts"),
    optionsEnd: "separator",
    load: () => import("./restore.ts"),
  },
  {
    name: "resume",
    summary: "let the processes of a paused container go on",
    ...ONE_ID,
    options: [],
    optionsEnd: "separator",
    load: () => import("./resume.ts"),
  },
  {
    name: "run",
    summary: "create and start a container",
    ...ONE_ID,
    options: [
      ...LAUNCH_OPTIONS,
      { name: "detach", short: "d", kind: "flag", help: "return once the container runs" },
      { name: "keep", kind: "flag", help: "do not delete the container after it exited" },
      {
        name: "no-subreaper",
        kind: "flag",
        help: "do not adopt processes that the container leaves behind",
      },
    ],
    optionsEnd: "separator",
    load: () => import("./run.ts"),
  },
  {
    name: "seccomp",
    summary: "show the filter of a bundle or profile, or what it says to a system call",
    operands: "disasm|test BUNDLE|PROFILE [SYSCALL [ARGUMENT...]]",
    arity: { min: 2, max: Number.POSITIVE_INFINITY },
    options: [],
    loadOptions: () => import("./seccomp.ts"),
    // an argument may be a negative number
    optionsEnd: "known only",
    load: () => import("./seccomp.ts"),
  },
  {
    name: "spec",
    summary: "write a config.json to start from",
    ...NONE,
    options: [
      BUNDLE,
      { name: "rootless", kind: "flag", help: "for a container of an ordinary user" },
    ],
    optionsEnd: "separator",
    load: () => import("./spec.ts"),
  },
  {
    name: "start",
    summary: "start the program of a created container",
    ...ONE_ID,
    options: [],
    optionsEnd: "separator",
    load: () => import("./start.ts"),
  },
  {
    name: "state",
    summary: "print the state of a container, as JSON",
    ...ONE_ID,
    options: [],
    optionsEnd: "separator",
    load: () => import("./state.ts"),
  },
  {
    name: "update",
    summary: "change the limits of a container",
    ...ONE_ID,
    options: [],
    loadOptions: () => import("./update.ts"),
    optionsEnd: "separator",
    load: () => import("./update.ts"),
  },
];

export function findVerb(name: string): Verb | undefined {
  return VERBS.find((verb) => verb.name === name);
}
