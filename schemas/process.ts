// Schema of `process`; also that of the files of `exec --process`.
// Spec: config.md#process

import Type from "typebox";
import { IO_PRIORITY_CLASSES, RLIMIT_TYPES, SCHEDULER_FLAGS, SCHEDULER_POLICIES } from "./names.ts";
import { flag, id, int32, integer, text, texts, uint32, uint64 } from "./scalars.ts";

export const User = Type.Object({
  uid: id,
  gid: id,
  umask: Type.Optional(uint32),
  additionalGids: Type.Optional(Type.Array(id)),
});

export const ConsoleSize = Type.Object({ height: uint32, width: uint32 });

/** Unknown capability names are a warning, not an error (the spec's words), so no closed list here. */
export const Capabilities = Type.Object({
  bounding: Type.Optional(texts),
  effective: Type.Optional(texts),
  inheritable: Type.Optional(texts),
  permitted: Type.Optional(texts),
  ambient: Type.Optional(texts),
});

export const Rlimit = Type.Object({
  type: Type.Enum([...RLIMIT_TYPES]),
  soft: uint64,
  hard: uint64,
});

export const Scheduler = Type.Object({
  policy: Type.Enum([...SCHEDULER_POLICIES]),
  nice: Type.Optional(integer(-20, 19)),
  priority: Type.Optional(int32),
  flags: Type.Optional(Type.Array(Type.Enum([...SCHEDULER_FLAGS]))),
  /** Nanoseconds, as are the next two. */
  runtime: Type.Optional(uint64),
  deadline: Type.Optional(uint64),
  period: Type.Optional(uint64),
});

export const IoPriority = Type.Object({
  class: Type.Enum([...IO_PRIORITY_CLASSES]),
  priority: integer(0, 7),
});

export const CpuAffinity = Type.Object({
  initial: Type.Optional(text),
  final: Type.Optional(text),
});

export const Process = Type.Object({
  terminal: Type.Optional(flag),
  consoleSize: Type.Optional(ConsoleSize),
  user: Type.Optional(User),
  args: Type.Optional(texts),
  env: Type.Optional(texts),
  cwd: text,
  capabilities: Type.Optional(Capabilities),
  rlimits: Type.Optional(Type.Array(Rlimit)),
  noNewPrivileges: Type.Optional(flag),
  apparmorProfile: Type.Optional(text),
  selinuxLabel: Type.Optional(text),
  oomScoreAdj: Type.Optional(integer(-1000, 1000)),
  scheduler: Type.Optional(Scheduler),
  ioPriority: Type.Optional(IoPriority),
  execCPUAffinity: Type.Optional(CpuAffinity),
});
