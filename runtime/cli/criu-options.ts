// The options that checkpoint and restore have in common, and what they mean. The table is data; the rest is pure.

import { CGROUP_MODES, type Wishes } from "../plan/criu/wishes.ts";
import { absolutePath } from "../store/paths.ts";
import { flagOf, listOf, type OptionSpec, type OptionValue, textOf, usageError } from "./args.ts";

export const CRIU_OPTIONS: readonly OptionSpec[] = [
  {
    name: "image-path",
    kind: "text",
    value: "DIR",
    help: "where the files are (default: ./checkpoint)",
  },
  {
    name: "work-path",
    kind: "text",
    value: "DIR",
    help: "where CRIU writes its log (default: with the files)",
  },
  { name: "tcp-established", kind: "flag", help: "take TCP connections along" },
  { name: "ext-unix-sk", kind: "flag", help: "allow Unix sockets that lead out of the container" },
  { name: "shell-job", kind: "flag", help: "allow a session or terminal that began outside" },
  { name: "file-locks", kind: "flag", help: "take file locks along" },
  { name: "lazy-pages", kind: "flag", help: "fetch memory when it is used (userfaultfd)" },
  { name: "auto-dedup", kind: "flag", help: "punch what is stored twice out of the memory files" },
  {
    name: "manage-cgroups-mode",
    kind: "text",
    value: "MODE",
    help: "soft, full, strict or ignore (default: soft)",
  },
  {
    name: "empty-ns",
    kind: "list",
    value: "NAMESPACE",
    help: "make this namespace anew, without what is in it; only network",
  },
];

type Values = ReadonlyMap<string, OptionValue>;

/** Words after runc's. */
export function wishesOf(values: Values): Wishes {
  const cgroupsMode = CGROUP_MODES.get(textOf(values, "manage-cgroups-mode") ?? "");
  if (cgroupsMode === undefined) throw usageError("invalid manage-cgroups-mode value");
  // a network namespace is made empty in any case
  const other = listOf(values, "empty-ns").find((name) => name !== "network");
  if (other !== undefined) throw usageError(`namespace ${JSON.stringify(other)} is not supported`);
  return {
    tcpEstablished: flagOf(values, "tcp-established"),
    extUnixSk: flagOf(values, "ext-unix-sk"),
    shellJob: flagOf(values, "shell-job"),
    fileLocks: flagOf(values, "file-locks"),
    autoDedup: flagOf(values, "auto-dedup"),
    lazyPages: flagOf(values, "lazy-pages"),
    cgroupsMode,
  };
}

/** Absolute: CRIU has no working directory in common with us. */
export function criuPaths(values: Values, cwd: () => string): { images: string; work?: string } {
  const images = absolutePath(textOf(values, "image-path") ?? "checkpoint", cwd);
  const work = textOf(values, "work-path");
  return { images, ...(work !== undefined && { work: absolutePath(work, cwd) }) };
}
