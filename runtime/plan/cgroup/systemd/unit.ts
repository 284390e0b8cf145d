// `linux.cgroupsPath` as `slice:prefix:name` -> the container's scope, its slice, and where systemd puts them. Pure.
// Source: systemd.slice(5), systemd.unit(5); the form of the path is runc's, which engines write

import type { Linux } from "../../../config/types.ts";
import { planError } from "../../problem.ts";

/** The scope that a container runs in. */
export interface Scope {
  /** `docker-1234.scope` */
  readonly unit: string;
  /** `system.slice` */
  readonly slice: string;
  /** What tells people whose it is. */
  readonly description: string;
}

const AT = "/linux/cgroupsPath";

/** systemd's own limit (UNIT_NAME_MAX). */
const LONGEST_NAME = 255;

/** `isUser`: of a user's service manager, which has slices of its own. */
export function scopeOf({ cgroupsPath = "" }: Linux, id: string, isUser: boolean): Scope {
  const parts = cgroupsPath === "" ? ["", "trunc", id] : cgroupsPath.split(":");
  const [slice = "", prefix = "", name = ""] = parts;
  if (parts.length !== 3) {
    throw planError(
      AT,
      `expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got ${JSON.stringify(cgroupsPath)} instead`,
    );
  }
  const at = cgroupsPath === "" ? "" : AT;
  if (name.endsWith(".slice")) {
    throw planError(at, `${JSON.stringify(name)} is a slice, which processes can't be in`);
  }
  const unit = `${prefix}-${name}.scope`;
  if (!/^[\w:.\\@-]+$/.test(unit)) {
    throw planError(
      at,
      `${JSON.stringify(unit)} is no name of a unit`,
      "systemd takes letters, digits and : - _ . \\ @",
    );
  }
  if (unit.length > LONGEST_NAME) {
    throw planError(
      at,
      `the unit's name has ${unit.length} characters; systemd takes ${LONGEST_NAME}`,
    );
  }
  return {
    unit,
    slice: slice === "" ? defaultSlice(isUser) : slice,
    description: `trunc container ${name}`,
  };
}

function defaultSlice(isUser: boolean): string {
  return isUser ? "user.slice" : "system.slice";
}

/** `a-b.slice` is in `a.slice`: `/a.slice/a-b.slice`. The root slice, `-.slice`, is `/`. */
export function slicePath(slice: string): string {
  const name = slice.endsWith(".slice") ? slice.slice(0, -".slice".length) : "";
  if (name === "-") return "/";
  const parts = name.split("-");
  if (parts.includes("") || !/^[\w:.\\@-]+$/.test(name)) {
    throw planError(AT, `invalid slice name: ${JSON.stringify(slice)}`);
  }
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("-")}.slice`).join("");
}
