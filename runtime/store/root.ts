// Which directory holds the containers' states, by the rules of runc. Pure.

import { RuntimeError } from "../errors.ts";
import { absolutePath } from "./paths.ts";

/** What the choice depends on; the functions are called only when it does. */
export interface Caller {
  /** `--root`, as given. */
  readonly option?: string;
  readonly env: (name: string) => string | undefined;
  readonly cwd: () => string;
  readonly euid: () => number;
  /** Whether this process is in a user namespace other than the machine's. */
  readonly isInUserNamespace: () => boolean;
}

export interface Root {
  readonly path: string;
  /** The permission bits to make it with. */
  readonly mode: number;
  /** Nobody named it. */
  readonly isDefault?: true;
}

const DEFAULT = "/run/trunc";

export function rootOf(caller: Caller): Root {
  if (caller.option !== undefined) {
    const path = absolutePath(caller.option, caller.cwd);
    if (path === "/") {
      throw new RuntimeError("ERR_USAGE", "Option --root argument should not be set to /");
    }
    return { path, mode: 0o700 };
  }
  const runtimeDir = caller.env("XDG_RUNTIME_DIR") ?? "";
  if (runtimeDir === "" || !isOrdinaryUser(caller)) {
    return { path: DEFAULT, mode: 0o700, isDefault: true };
  }
  // The sticky bit keeps the directory from periodic clean-up (XDG base directory specification).
  return { path: `${runtimeDir}/trunc`, mode: 0o1700, isDefault: true };
}

/** Root of the machine keeps /run; "root" of a user namespace that an ordinary user made does not. */
function isOrdinaryUser(caller: Caller): boolean {
  if (caller.euid() !== 0) return true;
  return caller.isInUserNamespace() && caller.env("USER") !== "root";
}
