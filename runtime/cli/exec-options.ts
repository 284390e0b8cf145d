// The options of `trunc exec`: names are runc's. Data only.

import type { OptionSpec } from "./args.ts";

export const OPTIONS: readonly OptionSpec[] = [
  {
    name: "process",
    short: "p",
    kind: "text",
    value: "FILE",
    help: "run what this process document says (config.json's process)",
  },
  { name: "detach", short: "d", kind: "flag", help: "return once the program runs" },
  { name: "pid-file", kind: "text", value: "FILE", help: "write the program's process id to FILE" },
  { name: "tty", short: "t", kind: "flag", help: "give it a terminal" },
  {
    name: "console-socket",
    kind: "text",
    value: "SOCKET",
    help: "Unix socket that gets the master of its terminal",
  },
  {
    name: "pidfd-socket",
    kind: "text",
    value: "SOCKET",
    help: "Unix socket that gets a pidfd of the program",
  },
  { name: "cwd", kind: "text", value: "DIR", help: "its working directory" },
  {
    name: "env",
    short: "e",
    kind: "list",
    value: "NAME=VALUE",
    help: "add to its environment (repeatable)",
  },
  { name: "user", short: "u", kind: "text", value: "UID[:GID]", help: "its user and group" },
  {
    name: "additional-gids",
    short: "g",
    kind: "counts",
    value: "GID",
    help: "another group of it (repeatable)",
  },
  {
    name: "cap",
    short: "c",
    kind: "list",
    value: "CAPABILITY",
    help: "add a capability (repeatable)",
  },
  { name: "no-new-privs", kind: "flag", help: "let it gain no privileges" },
  { name: "apparmor", kind: "text", value: "PROFILE", help: "its AppArmor profile" },
  { name: "process-label", kind: "text", value: "LABEL", help: "its SELinux label" },
  {
    name: "preserve-fds",
    kind: "count",
    value: "N",
    help: "hand N descriptors on to it, after stdio (default: 0)",
  },
  {
    name: "cgroup",
    kind: "list",
    value: "[CONTROLLERS:]PATH",
    help: "run it in this cgroup beneath the container's, which must exist (repeatable)",
  },
  { name: "ignore-paused", kind: "flag", help: "in a paused container, wait until it is resumed" },
  {
    name: "trace",
    kind: "text",
    value: "FILE",
    help: "write the time of every step to FILE (Chrome and Perfetto open it)",
  },
];
