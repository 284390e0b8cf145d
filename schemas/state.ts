// Schema of the state document: what `state` prints and hooks read on stdin.
// Spec: runtime.md#state, config-linux.md#containerprocessstate

import Type from "typebox";
import { STATUSES } from "./names.ts";
import { integer, text, textMap, texts } from "./scalars.ts";

const pid = integer(0, 2 ** 31 - 1);

/** "The state MAY include additional properties." */
export const State = Type.Object({
  ociVersion: text,
  id: text,
  status: Type.Enum([...STATUSES]),
  /** REQUIRED on Linux while created or running. */
  pid: Type.Optional(pid),
  bundle: text,
  annotations: Type.Optional(textMap),
});

/** What the seccomp agent at listenerPath receives. */
export const ContainerProcessState = Type.Object({
  ociVersion: text,
  fds: Type.Optional(texts),
  pid,
  metadata: Type.Optional(text),
  state: State,
});
