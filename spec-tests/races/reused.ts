// A container of which the first process has ended, and a process of the host's that was given its pid.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { probePath } from "../harness/build.ts";
import { args } from "../harness/bundle.ts";
import type { Sandbox } from "../harness/sandbox.ts";

/** Writes another process's pid into the state, as if it had been given to it after the init's end. */
export async function reused(t: Sandbox) {
  const container = await t.create(t.bundle((config) => args(config, "idle")));
  const { pid } = await container.state();
  // /proc has start times in hundredths of a second: one pid is never given twice in one of them
  await delay(20);
  const other = t.startHelper(probePath(), ["idle"], { stdin: "open" });
  await other.sees("idle");
  const path = join(t.stateRoot, container.id, "state.json");
  const state = JSON.parse(readFileSync(path, "utf8"));
  assert.is(state.pid, pid);
  process.kill(pid, "SIGKILL");
  while ((await container.state()).status !== "stopped");
  writeFileSync(path, JSON.stringify({ ...state, pid: other.child.pid }));
  /** Ends it as it ends itself: a SIGKILL that it got before would have come first. */
  const wasKilled = async () => {
    other.child.kill("SIGTERM");
    return (await other.exited).signal === "SIGKILL";
  };
  return { id: container.id, wasKilled, path };
}
