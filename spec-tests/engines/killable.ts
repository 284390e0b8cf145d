// A runtime that gets killed in the middle of its work: a script in its place, which does what a file beside it says.

import { rmSync, writeFileSync } from "node:fs";

/** Writes the script; until `killIn` it only passes on. */
export function writeKillable(path: string, runtime: string): void {
  const script = `#!/bin/sh
[ -f '${path}.plan' ] && read -r verb delay <'${path}.plan'
for word; do
  [ "$word" = "\${verb:-}" ] || continue
  exec 3<&0
  '${runtime}' "$@" <&3 3<&- &
  sleep "$delay"
  kill -KILL $! 2>/dev/null
  wait $!
  exit
done
exec '${runtime}' "$@"
`;
  writeFileSync(path, script, { mode: 0o755 });
}

/** From now on a call of `verb` is killed after so many milliseconds. */
export function killIn(path: string, verb: string, delayMs: number): void {
  writeFileSync(`${path}.plan`, `${verb} ${delayMs / 1000}\n`);
}

export function killNoMore(path: string): void {
  rmSync(`${path}.plan`, { force: true });
}

/** When to strike, in milliseconds: through all of a short command, and into a long one. */
export const DELAYS: readonly number[] = [0, 2, 4, 6, 8, 12, 18, 30];
