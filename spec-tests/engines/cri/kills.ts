// SIGKILL for the runtime, the shim and containerd, each in the middle of what CRI asks for: afterwards all can be removed, as
// kubelet does it, and nothing is left.

import * as assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run, until } from "../command.ts";
import type { Feature } from "../feature.ts";
import { killRows, type Verb } from "../kill-rows.ts";
import { DELAYS, killIn, killNoMore } from "../killable.ts";
import { killAll, mustBeGone, tracesOf } from "../leftovers.ts";
import type { Cri, Pod } from "./session.ts";

/** In milliseconds after the call; the runtime is called a few dozen later. */
const ENGINE_DELAYS = [30, 80, 150];
const CALL_MS = 20_000;

export const KILLS: readonly Feature<Cri>[] = killRows({
  victims: ["containerd-shim", "containerd"],
  quick: "create",
  killRuntime,
  killEngine,
});

/** What makes the engine call the runtime for it; whatever comes of it. */
async function provoke(cri: Cri, verb: Verb, containerId: string): Promise<void> {
  const calls: Record<Verb, () => Promise<unknown>> = {
    create: () => cri.call("StartContainer", { containerId }, CALL_MS),
    start: () => cri.call("StartContainer", { containerId }, CALL_MS),
    exec: () => cri.call("ExecSync", { containerId, cmd: ["sleep", "0.01"] }, CALL_MS),
    delete: () => cri.call("StopContainer", { containerId, timeout: 0 }, CALL_MS),
  };
  await calls[verb]().catch(() => {});
}

async function killRuntime(cri: Cri, verb: Verb): Promise<void> {
  const { killed } = cri.engine;
  const pod = await cri.pod({ runtimeHandler: "killed" });
  for (const ms of DELAYS) {
    const id = await prepare(cri, pod, verb);
    try {
      killIn(killed, verb, ms);
      await provoke(cri, verb, id);
    } finally {
      killNoMore(killed);
    }
    if (verb === "exec") assert.equal(await cri.exec(id, "echo", "unharmed"), "unharmed");
    const when = `${verb}, killed after ${ms} ms`;
    await mustSucceed(when, () => cri.call("RemoveContainer", { containerId: id }, CALL_MS));
    await removeLost(cri, id);
    await mustBeGone(id, cri.engine.states, when);
  }
  assert.equal(await cri.sh(pod, "echo unharmed"), "unharmed");
}

/** A container that the verb can be asked of. */
function prepare(cri: Cri, pod: Pod, verb: Verb): Promise<string> {
  const container = { command: ["sleep", "1000"] };
  return verb === "exec" || verb === "delete"
    ? cri.start(pod, container)
    : cri.create(pod, container);
}

/** A pod has one shim: what kills it is the end of the pod. */
async function killEngine(cri: Cri, victim: string, verb: Verb): Promise<void> {
  for (const ms of ENGINE_DELAYS) {
    const pod = await cri.pod();
    const id = await prepare(cri, pod, verb);
    const call = provoke(cri, verb, id);
    await delay(verb === "start" ? ms + 100 : ms);
    await strike(cri, victim);
    await call;
    const when = `${victim} killed ${ms} ms into ${verb}`;
    await mustSucceed(when, () => cri.engine.remove(pod.id));
    for (const each of [id, pod.id]) {
      await removeLost(cri, each);
      await mustBeGone(each, cri.engine.states, when);
    }
  }
  assert.equal(await cri.sh(await cri.pod(), "echo unharmed"), "unharmed");
}

async function strike(cri: Cri, victim: string): Promise<void> {
  if (victim === "containerd") {
    await cri.engine.daemon.kill("SIGKILL");
    await cri.engine.daemon.start();
  } else killAll(/containerd-shim-runc-v2 -namespace/);
}

/** kubelet asks again and again. */
async function mustSucceed(when: string, call: () => Promise<unknown>): Promise<void> {
  let error = "";
  const isDone = async () => {
    error = await call().then(
      () => "",
      (thrown: Error) => thrown.message,
    );
    return error === "" ? true : null;
  };
  await until("it", isDone).catch(() => {
    throw new Error(`${when}: ${error}`);
  });
}

/** What no shim and no containerd knows any more, by the runtime's own command. */
async function removeLost(cri: Cri, id: string): Promise<void> {
  if ((await tracesOf(id, cri.engine.states)).length === 0) return;
  const [, bundles] = cri.engine.states;
  killAll(new RegExp(`containerd-shim-runc-v2 .*-id ${id} `));
  await cri.engine.runtime("delete", "--force", id);
  await run(["umount", join(bundles!, id, "rootfs")]);
  rmSync(join(bundles!, id), { recursive: true, force: true });
}
