// Which names a container may have. Pure.
// The characters are runc's; a leading dot is refused too, for such names are left to files of the state root's own.

import { RuntimeError } from "../errors.ts";

const ID = /^[\w+-][\w+.-]*$/;

/** A name longer than a file name can be is refused here, with a better message than the kernel's. */
const MAX_LENGTH = 255;

/** Throws runc's errors for a bad container id. */
export function checkId(id: string): void {
  if (id === "") throw new RuntimeError("ERR_USAGE", "container id cannot be empty");
  if (ID.test(id) && id.length <= MAX_LENGTH) return;
  throw new RuntimeError("ERR_USAGE", `invalid container ID format: ${JSON.stringify(id)}`, {
    hint: `letters, digits and _ + - . are allowed, no leading dot, at most ${MAX_LENGTH} characters`,
  });
}
