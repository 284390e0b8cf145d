// SIGKILL for the runtime, the shim, containerd and dockerd, each in the middle of create, start, exec and delete: afterwards
// everything can be removed, and nothing is left.

import * as assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ok, type Result, run, until } from "../command.ts";
import type { Feature } from "../feature.ts";
import { killRows, type Verb } from "../kill-rows.ts";
import { DELAYS, killIn, killNoMore } from "../killable.ts";
import { killAll, mustBeGone, tracesOf } from "../leftovers.ts";
import type { Docker } from "./engine.ts";

/** In milliseconds after the command; the runtime is called some hundred later. */
const ENGINE_DELAYS = [40, 150];

export const KILLS: readonly Feature<Docker>[] = killRows({
  victims: ["containerd-shim", "containerd", "dockerd"],
  quick: "create",
  killRuntime,
  killEngine,
});

async function killRuntime(docker: Docker, verb: Verb): Promise<void> {
  const killed = join(docker.engine.directory, "bin", "killed");
  for (const ms of DELAYS) {
    const name = docker.name(`at${ms}`);
    try {
      if (verb !== "exec") killIn(killed, verb, ms);
      await docker.run([
        "run",
        "--detach",
        "--runtime",
        "killed",
        "--name",
        name,
        "busybox",
        "sleep",
        "1000",
      ]);
      if (verb === "exec") {
        killIn(killed, verb, ms);
        await docker.run(["exec", name, "sleep", "0.01"], { timeoutMs: 20_000 });
      }
      if (verb === "delete") await docker.run(["kill", name]);
    } finally {
      killNoMore(killed);
    }
    if (verb === "exec")
      assert.equal(await docker.ok("exec", name, "echo", "unharmed"), "unharmed");
    await mustGo(docker, name, `${verb}, killed after ${ms} ms`);
  }
  assert.equal(await docker.sh(["--runtime", "killed"], "echo unharmed"), "unharmed");
}

/** The command that makes the engine do it, and what must be there before. */
async function killEngine(docker: Docker, victim: string, verb: Verb): Promise<void> {
  for (const ms of ENGINE_DELAYS) {
    const name = docker.name(`${verb}${ms}`);
    const create = ["create", "--name", name, "busybox", "sleep", "1000"];
    await docker.ok(...create);
    // dockerd may not have found its containerd again.
    const starts = async () => ((await docker.run(["start", name])).code === 0 ? true : null);
    if (verb === "exec" || verb === "delete") await until(`${name} to start`, starts);
    const commands: Record<Verb, string[]> = {
      create: ["start", name],
      start: ["start", name],
      exec: ["exec", name, "true"],
      delete: ["kill", name],
    };
    const command = docker.run(commands[verb], { timeoutMs: 20_000 });
    await delay(verb === "create" ? ms : ms + 100);
    await strike(docker, victim);
    await command;
    await mustGo(docker, name, `${victim} killed ${ms} ms into ${verb}`);
  }
  // dockerd may yet have to find its containerd.
  const runs = async () =>
    (await docker.run(["run", "--rm", "busybox", "true"])).code === 0 ? true : null;
  await until("the engine to run containers again", runs);
}

/** containerd's own commands, of what dockerd runs. */
function ctr(docker: Docker, ...argv: string[]): Promise<Result> {
  const socket = join(docker.engine.directory, "exec", "containerd", "containerd.sock");
  return run(["ctr", "--address", socket, "--namespace", "moby", ...argv]);
}

/** Kills it, and waits until the engine serves again. */
async function strike(docker: Docker, victim: string): Promise<void> {
  if (victim === "dockerd") {
    await docker.engine.daemon.kill("SIGKILL");
    await docker.engine.daemon.start();
    return;
  }
  const pattern =
    victim === "containerd" ? /(^|\/)containerd --config/ : /containerd-shim-runc-v2 -namespace/;
  killAll(pattern);
  await until("containerd", async () => ((await ctr(docker, "version")).code === 0 ? true : null));
}

/**
 * By `docker rm`; after dockerd was started anew, as its user would do; what dockerd then has forgotten, but containerd has not
 * (20.10 does not look), by containerd's own command; and a shim that containerd has lost as well, by the runtime's.
 */
async function mustGo(docker: Docker, name: string, when: string): Promise<void> {
  const { stdout } = await docker.run(["inspect", "--format", "{{.Id}}", name]);
  const id = stdout.trim();
  if (id === "") return;
  const remove = () => docker.run(["rm", "--force", name], { timeoutMs: 60_000 });
  const isKnown = async () => (await docker.run(["inspect", name])).code === 0;
  await remove();
  if (await isKnown()) {
    await docker.engine.daemon.kill("SIGTERM");
    await docker.engine.daemon.start();
    await remove();
  }
  assert.ok(!(await isKnown()), `${when}: cannot be removed`);
  if ((await ctr(docker, "containers", "ls", "--quiet")).stdout.includes(id)) {
    await ctr(docker, "tasks", "rm", "--force", id);
    await ctr(docker, "containers", "rm", id);
  }
  if ((await tracesOf(id, docker.engine.states)).length > 0) await removeLost(docker, id);
  await mustBeGone(id, docker.engine.states, when);
}

async function removeLost(docker: Docker, id: string): Promise<void> {
  const [root, bundles] = docker.engine.states;
  killAll(new RegExp(`containerd-shim-runc-v2 .*${id}`));
  await ok([docker.engine.place.runtime.path, "--root", root!, "delete", "--force", id]);
  await run(["umount", join(bundles!, id, "rootfs")]);
  // Newer ones mount it themselves, and do not know of it after they were killed.
  await run(["umount", join(docker.engine.directory, "data", "rootfs", "overlayfs", id)]);
  rmSync(join(bundles!, id), { recursive: true, force: true });
}
