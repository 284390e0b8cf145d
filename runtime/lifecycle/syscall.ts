// Recognizes the addon's errors of failed system calls and says them in one phrase. Pure.

import { RuntimeError } from "../errors.ts";

/** The own fields of an error that the addon throws for a failed call. */
export interface SyscallError extends Error {
  readonly code: "ERR_SYSCALL";
  readonly errno: number;
  /** `ENOENT` */
  readonly errnoName: string;
  /** `no such file or directory` */
  readonly strerror: string;
  /** `openat2` */
  readonly call: string;
  /** What else is known; perhaps empty. */
  readonly text: string;
  /** From a launch: which list of the plan, and where in it. */
  readonly phase?: "before" | "fds" | "clone" | "join" | "after" | "meanwhile" | "init";
  readonly op?: number;
}

export function isSyscallError(error: unknown): error is SyscallError {
  return error instanceof Error && "errnoName" in error;
}

/** Whether the error is that of a call which failed with this errno. */
export function failedWith(error: unknown, ...errnoNames: readonly string[]): boolean {
  return isSyscallError(error) && errnoNames.includes(error.errnoName);
}

/** `mkdir: EROFS (read-only file system): the kernel's own words`, or `text` in their place. */
export function callPhrase(error: SyscallError, text = error.text): string {
  const call = error.call === "" ? "" : `${error.call}: `;
  const errno = error.errnoName === "" ? error.strerror : `${error.errnoName} (${error.strerror})`;
  const words = [errno, text].filter((word) => word !== "");
  return words.length === 0 ? error.message : `${call}${words.join(": ")}`;
}

/** Does something for which a failed call needs to be put in context: `cannot ${what}: ...`. */
export function attempt<Value>(what: string, action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    if (!isSyscallError(error)) throw error;
    throw new RuntimeError("ERR_SYSCALL", `cannot ${what}: ${callPhrase(error)}`, { cause: error });
  }
}
