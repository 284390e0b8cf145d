// Who gets the terminal of a program: the caller in the foreground, a socket otherwise. Pure.

import { RuntimeError } from "../errors.ts";

export interface TerminalWish {
  readonly isDetached: boolean;
  readonly wantsTerminal: boolean;
  readonly consoleSocket: string | undefined;
}

/** Words after runc's: its tests and some engines look for them. */
export function checkTerminal({ isDetached, wantsTerminal, consoleSocket }: TerminalWish): void {
  if (isDetached && wantsTerminal && consoleSocket === undefined) {
    throw new RuntimeError(
      "ERR_USAGE",
      "cannot allocate tty if trunc will detach without setting console socket",
      { at: "/process/terminal", hint: "give --console-socket, or set process.terminal to false" },
    );
  }
  if ((!isDetached || !wantsTerminal) && consoleSocket !== undefined) {
    throw new RuntimeError(
      "ERR_USAGE",
      "cannot use console socket if trunc will not detach or allocate tty",
    );
  }
}
