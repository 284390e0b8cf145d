// SIGKILL for the runtime, the shim and containerd, each in the middle of create, start, exec and delete: afterwards
// everything can be removed, and nothing is left.

import * as assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ok, run, until } from "../command.ts";
import type { Feature } from "../feature.ts";
import { killRows, type Verb } from "../kill-rows.ts";
import { DELAYS, killIn, killNoMore } from "../killable.ts";
import { killAll, mustBeGone, tracesOf } from "../leftovers.ts";
import { BUSYBOX, type Ctr } from "./engine.ts";

/** In milliseconds after the command; the runtime is called a few dozen later. */
const ENGINE_DELAYS = [30, 80, 150];

export const KILLS: readonly Feature<Ctr>[] = killRows({
  victims: ["containerd-shim", "containerd"],
  quick: "create",
  killRuntime,
  killEngine,
});

async function killRuntime(ctr: Ctr, verb: Verb): Promise<void> {
  const { killed } = ctr.engine;
  for (const ms of DELAYS) {
    const name = ctr.name(`at${ms}`);
    try {
      if (verb !== "exec") killIn(killed, verb, ms);
      await ctr.run([...detached(killed), name, "sleep", "1000"]);
      if (verb === "exec") {
        killIn(killed, verb, ms);
        await ctr.run(ctr.execArguments(name, [], ["sleep", "0.01"]), { timeoutMs: 20_000 });
      }
      if (verb === "delete") await ctr.run(["tasks", "rm", "--force", name]);
    } finally {
      killNoMore(killed);
    }
    if (verb === "exec") assert.equal(await ctr.exec(name, "echo", "unharmed"), "unharmed");
    await mustGo(ctr, name, `${verb}, killed after ${ms} ms`);
  }
  assert.equal(await ctr.sh([], "echo unharmed"), "unharmed");
}

function detached(runtime: string): string[] {
  return ["run", "--detach", "--null-io", "--runc-binary", runtime, BUSYBOX];
}

/** Kills the victim a while after the command that makes the engine do it. */
async function killEngine(ctr: Ctr, victim: string, verb: Verb): Promise<void> {
  for (const ms of ENGINE_DELAYS) {
    const name = ctr.name(`${verb}${ms}`);
    const start = [...detached(ctr.engine.place.runtime.path), name, "sleep", "1000"];
    if (verb === "exec" || verb === "delete") await ctr.ok(...start);
    const commands: Record<Verb, string[]> = {
      create: start,
      start,
      exec: ctr.execArguments(name, [], ["true"]),
      delete: ["tasks", "rm", "--force", name],
    };
    const command = ctr.run(commands[verb], { timeoutMs: 20_000 });
    await delay(verb === "start" ? ms + 100 : ms);
    await strike(ctr, victim);
    await command;
    await mustGo(ctr, name, `${victim} killed ${ms} ms into ${verb}`);
  }
  assert.equal(await ctr.sh([], "echo unharmed"), "unharmed");
}

async function strike(ctr: Ctr, victim: string): Promise<void> {
  if (victim === "containerd") {
    await ctr.engine.daemon.kill("SIGKILL");
    await ctr.engine.daemon.start();
  } else killAll(/containerd-shim-runc-v2 -namespace/);
}

/**
 * By ctr's own commands; after containerd was started anew, as its user would do; and what no shim and no containerd knows
 * any more, by the runtime's.
 */
async function mustGo(ctr: Ctr, name: string, when: string): Promise<void> {
  const isKnown = async () => (await ctr.containers()).includes(name);
  const remove = async () => {
    await ctr.run(["tasks", "rm", "--force", name], { timeoutMs: 20_000 });
    await ctr.run(["containers", "rm", name]);
    return (await isKnown()) ? null : true;
  };
  // What is about to end can't be removed at once.
  await until("it to be removed", remove, 10_000).catch(() => {});
  if (await isKnown()) {
    await ctr.engine.daemon.kill("SIGTERM");
    await ctr.engine.daemon.start();
    await remove();
  }
  assert.ok(!(await isKnown()), `${when}: cannot be removed`);
  const states = ctr.engine.states();
  if ((await tracesOf(name, states)).length > 0) await removeLost(ctr, name);
  await mustBeGone(name, states, when);
}

async function removeLost(ctr: Ctr, name: string): Promise<void> {
  const [root, bundles] = ctr.engine.states();
  killAll(new RegExp(`containerd-shim-runc-v2 .*-id ${name} `));
  await ok([ctr.engine.place.runtime.path, "--root", root, "delete", "--force", name]);
  await run(["umount", join(bundles, name, "rootfs")]);
  // A bundle gets a hidden name before containerd removes it.
  for (const directory of [name, `.${name}`]) {
    rmSync(join(bundles, directory), { recursive: true, force: true });
  }
}
