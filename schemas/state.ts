// Schema of the state document: what `state` prints and hooks read on stdin.
// Spec: runtime.md#state

import Type from "typebox";
import { STATUSES } from "./names.ts";
import { integer, text, textMap } from "./scalars.ts";

/** "The state MAY include additional properties." */
export const State = Type.Object({
  ociVersion: text,
  id: text,
  status: Type.Enum([...STATUSES]),
  /** REQUIRED on Linux while created or running. */
  pid: Type.Optional(integer(0, 2 ** 31 - 1)),
  bundle: text,
  annotations: Type.Optional(textMap),
});
