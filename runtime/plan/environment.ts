// `process.env` and what the caller passes on -> the program's environment. Pure.
// Spec: config.md#process

import { NOTIFY_PLACE } from "./bind-mounts.ts";
import type { Context } from "./context.ts";
import { planError } from "./problem.ts";

export interface Environment {
  /** `NAME=value`; each name once. */
  readonly entries: string[];
  /** Where programs are looked for; empty when there is no PATH. */
  readonly path: string;
  readonly hasHome: boolean;
}

/** As runc: the last of several entries of one name counts, and an empty HOME is none. */
export function environmentOf(context: Context): Environment {
  const { env = [] } = context.config.process;
  const { notifyDirectory, listenFds = 0 } = context.options;
  const all = [...env];
  if (notifyDirectory !== undefined) all.push(`NOTIFY_SOCKET=${NOTIFY_PLACE}/notify.sock`);
  if (listenFds > 0) all.push(`LISTEN_FDS=${listenFds}`, "LISTEN_PID=1");

  const values = new Map<string, string>();
  const entries: string[] = [];
  for (let index = all.length - 1; index >= 0; index--) {
    const entry = all[index]!;
    const cut = entry.indexOf("=");
    if (cut <= 0) {
      throw planError(
        `/process/env/${index}`,
        `${JSON.stringify(entry)} is not of the form NAME=value`,
      );
    }
    const name = entry.slice(0, cut);
    if (values.has(name)) continue;
    values.set(name, entry.slice(cut + 1));
    if (name !== "HOME" || entry.length > cut + 1) entries.push(entry);
  }
  entries.reverse();
  return { entries, path: values.get("PATH") ?? "", hasHome: (values.get("HOME") ?? "") !== "" };
}
