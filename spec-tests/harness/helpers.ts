// What an engine has beside a container: receivers of descriptors, processes that hold namespaces open.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { probePath } from "./build.ts";
import type { Call } from "./call.ts";
import { parse } from "./probe.ts";
import type { Sandbox } from "./sandbox.ts";

/** A listener on a unix socket that takes one descriptor; `path` goes to the runtime. */
export interface Receiver {
  readonly path: string;
  readonly call: Call;
  /** The message that came with the descriptor, and how many bytes came after it; -1 for a connection left open. */
  message(): Promise<Message>;
}

export interface Message {
  readonly data: string;
  readonly fds: number;
  readonly file: string;
  readonly rest: number;
}

/** They end with their standard input, which the test holds. */
const AS_LONG_AS_THE_TEST = { stdin: "open", timeoutMs: 600_000 } as const;

/** `verb` is the probe's: console, pidfd or seccomp. */
export async function receive(t: Sandbox, verb: string, ...argv: string[]): Promise<Receiver> {
  const path = join(t.dir, `${verb}.sock`);
  const call = t.startHelper(probePath(), [verb, path, ...argv], AS_LONG_AS_THE_TEST);
  await call.sees("ready\n");
  const message = async () => {
    await call.sees("}\n");
    return parse<Message>(call.stdout().split("\n")[1]!);
  };
  return { path, call, message };
}

/** A process in new namespaces of these kinds (net, uts, ipc, pid, mnt, user, cgroup, time); its pid. */
export async function holdNamespaces(
  t: Sandbox,
  hostname: string,
  ...kinds: string[]
): Promise<number> {
  const call = t.startHelper(probePath(), ["hold", hostname, ...kinds], AS_LONG_AS_THE_TEST);
  if (kinds.includes("user")) {
    await call.sees("map ");
    const { pid } = call.child;
    writeFileSync(`/proc/${pid}/uid_map`, "0 100000 65536");
    writeFileSync(`/proc/${pid}/gid_map`, "0 100000 65536");
    call.write("mapped\n");
  }
  await call.sees("pid ");
  return Number(/pid (\d+)/.exec(call.stdout())![1]);
}
