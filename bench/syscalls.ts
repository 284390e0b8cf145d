// System calls per command, by `strace -f -c` in runs of their own: tracing would ruin the times.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Bundle } from "./bundle.ts";
import { commandOf, type Runtime } from "./runtimes.ts";
import type { Workspace } from "./workspace.ts";

const POLL_MS = 20;
const TIMEOUT_MS = 30_000;
const GIVE_UP_MS = 5_000;

export function hasStrace(): boolean {
  return spawnSync("strace", ["--version"]).status === 0;
}

/** By step. `create` counts the container's init up to where it waits for start. */
export async function countSyscalls(
  workspace: Workspace,
  runtime: Runtime,
  bundle: Bundle,
  steps: readonly string[],
): Promise<Map<string, number>> {
  const id = `${workspace.prefix}-strace-${runtime.name}`;
  const counts = new Map<string, number>();
  try {
    for (const step of steps) {
      const count = await countOf(
        workspace,
        commandOf(workspace, runtime, bundle, step, id),
        runtime.env,
      );
      if (count === undefined) break; // what follows needs what failed
      counts.set(step, count);
      if (step === "kill") await untilStopped(workspace, runtime, bundle, id);
    }
  } finally {
    const [file = "", ...cleanup] = commandOf(workspace, runtime, bundle, "cleanup", id);
    spawnSync(file, cleanup);
  }
  return counts;
}

/** All calls of the command and what it starts; undefined if the command fails. */
export async function countOf(
  workspace: Workspace,
  argv: readonly string[],
  env: readonly string[],
): Promise<number | undefined> {
  const output = join(workspace.dir, "strace.txt");
  // "-I 2": with -o, strace would block the SIGINT that ends it below.
  const variables = env.flatMap((pair) => ["-E", pair]);
  const strace = spawn(
    "strace",
    ["-f", "-c", "-I", "2", "-U", "calls", "-o", output, ...variables, ...argv],
    {
      stdio: "ignore",
    },
  );
  const exited = once(strace, "exit");
  const stopped = await whenCommandEnds(strace.pid ?? 0, exited);
  // A created container goes on; strace would wait for it. On SIGINT it lets go of it and prints.
  if (stopped === "command ended") strace.kill("SIGINT");
  const giveUp = setTimeout(() => strace.kill("SIGKILL"), GIVE_UP_MS);
  const [code] = await exited;
  clearTimeout(giveUp);
  if (stopped === "strace ended" && code !== 0) return undefined;
  const total = /^\s*(\d+) total$/m.exec(readFileSync(output, "utf8"));
  return total ? Number(total[1]) : undefined;
}

async function whenCommandEnds(
  pid: number,
  exited: Promise<unknown>,
): Promise<"strace ended" | "command ended"> {
  const deadline = Date.now() + TIMEOUT_MS;
  let seen = false;
  let ended = false;
  exited.then(() => {
    ended = true;
  });
  while (!ended) {
    if (Date.now() > deadline) return "command ended";
    const children = childrenOf(pid);
    // Of strace's own children only the command counts: an orphaned init goes to the subreaper.
    if (seen && children.length === 0) {
      await delay(POLL_MS * 5); // strace itself may be about to end
      return ended ? "strace ended" : "command ended";
    }
    seen ||= children.length > 0;
    await delay(POLL_MS);
  }
  return "strace ended";
}

/** /proc/PID/task/TID/children is not in every kernel. */
function childrenOf(pid: number): string[] {
  return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid);
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined; // gone meanwhile
  }
}

async function untilStopped(
  workspace: Workspace,
  runtime: Runtime,
  bundle: Bundle,
  id: string,
): Promise<void> {
  const [file = "", ...args] = commandOf(workspace, runtime, bundle, "state", id);
  for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline; await delay(POLL_MS)) {
    const state = spawnSync(file, args, { encoding: "utf8" });
    if (state.status !== 0 || /"status":\s*"stopped"/.test(state.stdout)) return;
  }
}
