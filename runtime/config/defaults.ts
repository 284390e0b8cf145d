// What an absent property means, where the rest of the runtime had better not ask. Changes the value.
// Spec: config.md#user

import type { Process } from "./types.ts";

type Mutable = { user?: Process["user"] };

/** Bundles without a user run as root elsewhere; a user without uid or gid is an error. */
export function addUser(process: Process): void {
  const mutable: Mutable = process;
  mutable.user ??= { uid: 0, gid: 0 };
}
