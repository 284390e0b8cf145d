// The options of restore, and what they mean. The table is data; the rest is pure.

import type { RestoreWishes } from "../plan/criu/wishes.ts";
import { type OptionSpec, type OptionValue, textOf } from "./args.ts";
import { CRIU_OPTIONS, wishesOf } from "./criu-options.ts";

export const OPTIONS: readonly OptionSpec[] = [
  {
    name: "bundle",
    short: "b",
    kind: "text",
    value: "DIR",
    help: "the bundle's directory (default: the current one)",
  },
  {
    name: "console-socket",
    kind: "text",
    value: "SOCKET",
    help: "Unix socket that gets the master of the container's terminal",
  },
  ...CRIU_OPTIONS,
  { name: "detach", short: "d", kind: "flag", help: "return once the container runs" },
  { name: "pid-file", kind: "text", value: "FILE", help: "write the process id to FILE" },
  {
    name: "no-subreaper",
    kind: "flag",
    help: "do not adopt processes that the container leaves behind",
  },
  { name: "no-pivot", kind: "flag", help: "without effect: CRIU makes the root its own way" },
  {
    name: "lsm-profile",
    kind: "text",
    value: "TYPE:NAME",
    help: "label for the processes instead of theirs: apparmor:NAME or selinux:LABEL",
  },
  {
    name: "lsm-mount-context",
    kind: "text",
    value: "LABEL",
    help: "SELinux label for the mounts instead of theirs",
  },
];

export function restoreWishes(values: ReadonlyMap<string, OptionValue>): RestoreWishes {
  const lsmProfile = textOf(values, "lsm-profile");
  const lsmMountContext = textOf(values, "lsm-mount-context");
  return {
    ...wishesOf(values),
    ...(lsmProfile !== undefined && { lsmProfile }),
    ...(lsmMountContext !== undefined && { lsmMountContext }),
  };
}
