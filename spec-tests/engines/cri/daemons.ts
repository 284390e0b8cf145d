// containerd's own end while pods run: afterwards all are there, and can be used and removed.

import * as assert from "node:assert/strict";
import type { Feature } from "../feature.ts";
import { Channels } from "./channels.ts";
import type { Cri } from "./session.ts";

export const DAEMONS: readonly Feature<Cri>[] = [
  {
    name: "the engine restarts, containers run on",
    isQuick: true,
    isAlone: true,
    run: async (cri) => {
      const { daemon } = cri.engine;
      const pod = await cri.pod();
      const script = "i=0; while read x; do i=$((i + 1)); echo line $i $x; done";
      const id = await cri.start(pod, { command: ["sh", "-c", script], stdin: true });
      const created = await cri.create(pod, { command: ["echo", "later"] });
      const ended = await cri.start(pod, { command: ["sh", "-c", "exit 3"] });
      await cri.ended(ended);
      const before = [await cri.status(id), await cri.podStatus(pod), await cri.pidOf(id)];
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        await daemon.kill(signal);
        await daemon.start();
        const after = [await cri.status(id), await cri.podStatus(pod), await cri.pidOf(id)];
        assert.deepEqual(after, before, signal);
        assert.equal((await cri.status(ended)).exitCode, 3);
        assert.equal(await cri.exec(id, "echo", "still"), "still");
        await say(cri, id, signal);
      }
      assert.match(cri.printed(id).stdout, /^line 1 SIGTERM\nline 2 SIGKILL\n$/);
      await cri.call("StartContainer", { containerId: created });
      await cri.says(created, "later");
      await cri.call("StopContainer", { containerId: id, timeout: 0 });
      assert.equal((await cri.status(id)).exitCode, 137);
    },
  },
  {
    name: "containers end while the engine is away",
    isAlone: true,
    run: async (cri) => {
      const { daemon } = cri.engine;
      const pod = await cri.pod();
      const id = await cri.idle(pod);
      const pid = await cri.pidOf(id);
      await daemon.kill("SIGKILL");
      process.kill(pid, "SIGKILL");
      await daemon.start();
      // 255 is 2.x's word for an end that it did not see.
      assert.match(String((await cri.ended(id)).exitCode), /^(137|255)$/);
      assert.equal(await cri.sh(pod, "echo unharmed"), "unharmed");
    },
  },
];

async function say(cri: Cri, id: string, word: string): Promise<void> {
  const { url } = await cri.call("Attach", { containerId: id, stdin: true, stdout: true });
  const channels = await Channels.open(url);
  channels.send(0, `${word}\n`);
  await channels.shows(1, new RegExp(`${word}\n`));
  channels.close();
}
