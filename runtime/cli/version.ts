// The text of `trunc --version`. Pure; the values come in at build time.
//
// Who reads it: dockerd takes the words before and after "version" of the first line that has it, and "commit:";
// podman shows the text as it is; containerd's go-runc knows the first line only as "runc version X" and otherwise
// leaves its version field empty, without an error, but reads "commit:" and "spec:" of any runtime. So the first line
// tells the truth, as crun's does, and the other two have runc's form.

import { SPEC_VERSION } from "../config/spec-version.ts";

declare const TRUNC_VERSION: string | undefined;
declare const TRUNC_COMMIT: string | undefined;

/** Version of this program. */
export const VERSION = typeof TRUNC_VERSION === "string" ? TRUNC_VERSION : "0.0.0-dev";

/** The commit it was built from. */
export const COMMIT = typeof TRUNC_COMMIT === "string" ? TRUNC_COMMIT : "unknown";

export function versionText(): string {
  return `trunc version ${VERSION}\ncommit: ${COMMIT}\nspec: ${SPEC_VERSION}\n`;
}
