// Rules of the document as a whole. Pure.
// Spec: config.md#specification-version, config.md#annotations

import { show } from "../problems.ts";
import type { Report } from "../rule.ts";
import type { Config } from "../types.ts";

/** semver.org, 2.0.0; the only group is the major version. */
const VERSION =
  /^(0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** "MUST be in SemVer v2.0.0 format"; within 1 all versions are compatible. */
export function checkVersion({ ociVersion }: Config, report: Report): void {
  const major = VERSION.exec(ociVersion)?.[1];
  if (major === undefined)
    report("/ociVersion", `${show(ociVersion)} is not a version like "1.3.0"`);
  else if (major !== "1")
    report("/ociVersion", `${show(ociVersion)} is not supported, only 1.x is`);
}

/** A container that can never be started is refused when it is created, as runc does. */
export function checkProcess(config: Config, report: Report): void {
  const process: unknown = config.process;
  if (process === undefined) report("/process", "is missing");
}

/** "Keys MUST NOT be an empty string." */
export function checkAnnotations({ annotations = {} }: Config, report: Report): void {
  if (Object.hasOwn(annotations, "")) report("/annotations/", "a name must not be empty");
}
