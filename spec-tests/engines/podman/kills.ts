// SIGKILL for the runtime, conmon and podman, each in the middle of create, start, exec and delete: afterwards everything can be removed,
// and nothing is left.

import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ok, start } from "../command.ts";
import type { Feature } from "../feature.ts";
import { killRows, type Verb } from "../kill-rows.ts";
import { DELAYS, killIn, killNoMore } from "../killable.ts";
import { killAll, mustBeGone } from "../leftovers.ts";
import type { Podman } from "./engine.ts";

/** In milliseconds after podman's start; conmon and the runtime are called some hundred later. */
const ENGINE_DELAYS = [20, 60, 100, 150, 220];
/** Without a network: where podman itself is killed, it leaves that. */
const SLEEP = ["--network", "none", "busybox", "sleep", "1000"];

export const KILLS: readonly Feature<Podman>[] = killRows({
  victims: ["conmon", "podman"],
  killRuntime,
  killEngine,
});

async function killRuntime(podman: Podman, verb: Verb): Promise<void> {
  const killed = join(podman.engine.directory, "bin", "killed");
  const run = ["--runtime", "killed", "run", "--detach"];
  for (const ms of DELAYS) {
    const name = podman.name(`at${ms}`);
    try {
      if (verb !== "exec") killIn(killed, verb, ms);
      await podman.run([...run, "--name", name, ...SLEEP]);
      if (verb === "exec") {
        killIn(killed, verb, ms);
        await podman.run(["exec", name, "sleep", "0.01"], { timeoutMs: 20_000 });
      }
      if (verb === "delete") await podman.run(["kill", name]);
    } finally {
      killNoMore(killed);
    }
    if (verb === "exec")
      assert.equal(await podman.ok("exec", name, "echo", "unharmed"), "unharmed");
    await mustGo(podman, name, `${verb}, killed after ${ms} ms`);
  }
  const last = ["--runtime", "killed", "run", "--rm", "busybox", "echo", "unharmed"];
  assert.equal(await podman.ok(...last), "unharmed");
}

async function killEngine(podman: Podman, victim: string, verb: Verb): Promise<void> {
  for (const ms of ENGINE_DELAYS) {
    const name = podman.name(`${verb}${ms}`);
    await podman.ok("create", "--name", name, ...SLEEP);
    if (verb === "exec" || verb === "delete") await podman.ok("start", name);
    const id = await podman.inspect(name, "{{.Id}}");
    const commands: Record<Verb, string[]> = {
      create: ["init", name],
      start: ["start", name],
      exec: ["exec", name, "true"],
      delete: ["kill", name],
    };
    const command = start(podman.argv(commands[verb]), { env: podman.engine.env });
    for (const stream of [command.stdout!, command.stderr!]) stream.resume();
    const ended = new Promise((resolve) => command.once("close", resolve));
    await delay(ms);
    if (victim === "podman") command.kill("SIGKILL");
    else killAll(new RegExp(`(^|/)conmon .*${id}`));
    await Promise.race([ended, delay(20_000)]);
    command.kill("SIGKILL");
    await mustGo(podman, name, `${victim} killed ${ms} ms into ${verb}`);
  }
  assert.equal(await podman.sh([], "echo again"), "again");
}

/** By `podman rm`; where conmon was not there to say how it ended, podman forgets the runtime's part: by the runtime's own command. */
async function mustGo(podman: Podman, name: string, when: string): Promise<void> {
  const { stdout } = await podman.run(["inspect", "--format", "{{.Id}}", name]);
  const id = stdout.trim();
  const remove = () => podman.run(["rm", "--force", "--time", "0", name], { timeoutMs: 60_000 });
  const isKnown = async () => (await podman.run(["container", "exists", name])).code === 0;
  await remove();
  const second = (await isKnown()) ? await remove() : null;
  assert.ok(!(await isKnown()), `${when}: cannot be removed: ${second?.stderr}`);
  if (!/^[0-9a-f]{64}$/.test(id)) return;
  if (podman.engine.states.some((path) => existsSync(join(path, id))))
    await ok([podman.engine.place.runtime.path, "delete", "--force", id]);
  await mustBeGone(id, podman.engine.states, when);
}
