// Containers of a pod: their life, what they start with, their logs.

import * as assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { until } from "../command.ts";
import type { Feature } from "../feature.ts";
import { tracesOf } from "../leftovers.ts";
import type { Cri } from "./session.ts";

/** The most that the engine puts on one line of a log. */
const LINE = 16 << 10;

export const CONTAINERS: readonly Feature<Cri>[] = [
  {
    name: "container: create, start, status, remove",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const id = await cri.create(pod, { command: ["sh", "-c", "read x; exit 0"], stdin: true });
      assert.equal((await cri.status(id)).state, "CONTAINER_CREATED");
      await cri.call("StartContainer", { containerId: id });
      assert.equal((await cri.status(id)).state, "CONTAINER_RUNNING");
      await assert.rejects(cri.call("StartContainer", { containerId: id }), /RUNNING/);
      // One that runs is killed first.
      await cri.call("RemoveContainer", { containerId: id });
      await assert.rejects(cri.status(id), /not found/);
      assert.deepEqual(await tracesOf(id, cri.engine.states), []);
      const never = await cri.create(pod, { command: ["true"] });
      await cri.call("RemoveContainer", { containerId: never });
      assert.deepEqual(await tracesOf(never, cri.engine.states), []);
    },
  },
  {
    name: "container: exit codes and reasons",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      for (const [code, reason, script] of [
        [0, "Completed", "true"],
        [3, "Error", "exit 3"],
        [137, "Error", "kill -KILL $$"],
        [143, "Error", "sh -c 'kill -TERM $$'"],
      ] as const) {
        // The first process of a pid namespace is deaf to itself.
        const container = { command: ["sh", "-c", `sh -c '${script.replaceAll("'", "'\\''")}'`] };
        const ended = await cri.ended(await cri.start(pod, container));
        assert.deepEqual([ended.exitCode, ended.reason], [code, reason], script);
      }
    },
  },
  {
    name: "stop: SIGTERM, then SIGKILL",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const loop = "echo ready; while :; do sleep 0.1; done";
      for (const [trap, timeout, code] of [
        ["trap 'exit 7' TERM", 60, 7],
        ["trap '' TERM", 1, 137],
        ["trap 'exit 7' TERM", 0, 137],
      ] as const) {
        const id = await cri.start(pod, { command: ["sh", "-c", `${trap}; ${loop}`] });
        await cri.says(id, "ready");
        await cri.call("StopContainer", { containerId: id, timeout });
        assert.equal((await cri.status(id)).exitCode, code, `${trap}, ${timeout} s`);
        // For who asks twice.
        await cri.call("StopContainer", { containerId: id, timeout });
      }
    },
  },
  {
    name: "container: environment, working directory, entry point",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const envs = [{ key: "A", value: Buffer.from("b c") }];
      const container = { envs, workingDir: "/new/place", args: ["last"] };
      const script = 'echo "$A" "$PWD" "$0"';
      assert.equal(await cri.sh(pod, script, container), "b c /new/place last");
    },
  },
  {
    name: "container: a terminal",
    run: async (cri) => {
      const pod = await cri.pod();
      const script = "[ -t 0 ] && [ -t 1 ] && tty";
      assert.equal((await cri.sh(pod, script, { tty: true })).trim(), "/dev/pts/0");
    },
  },
  {
    name: "logs: CRI's format",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const long = `head -c ${LINE + 100} /dev/zero | tr '\\0' x`;
      const command = ["sh", "-c", `echo out; ${long}; echo; printf end; echo err >&2`];
      const id = await cri.start(pod, { command });
      await cri.ended(id);
      const { stdout, stderr } = cri.printed(id);
      assert.equal(stdout, `out\n${"x".repeat(LINE + 100)}\nend`);
      assert.equal(stderr, "err\n");
      const lines = readFileSync(cri.logOf(id), "utf8").trimEnd().split("\n");
      const line = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d) (stdout|stderr) [FP] /;
      for (const text of lines) assert.match(text, line);
      assert.equal(lines.filter((text) => / stdout P /.test(text)).length, 2);
    },
  },
  {
    name: "logs: rotated while it runs",
    run: async (cri) => {
      const pod = await cri.pod();
      const script = "i=0; while :; do i=$((i + 1)); echo line $i; sleep 0.05; done";
      const id = await cri.start(pod, { command: ["sh", "-c", script] });
      await cri.says(id, "line 3");
      const first = `${cri.logOf(id)}.1`;
      renameSync(cri.logOf(id), first);
      await cri.call("ReopenContainerLog", { containerId: id });
      const next = await until("new lines", () => /line (\d+)/.exec(cri.printed(id).stdout));
      // Not one is lost in between.
      const last = /.*line (\d+)\n$/s.exec(readFileSync(first, "utf8"))!;
      assert.equal(Number(next[1]), Number(last[1]) + 1);
    },
  },
  {
    name: "container: many at once",
    run: async (cri) => {
      const pod = await cri.pod();
      const numbers = Array.from({ length: 20 }, (_, index) => String(index));
      const printed = await Promise.all(numbers.map((number) => cri.sh(pod, `echo ${number}`)));
      assert.deepEqual(printed, numbers);
    },
  },
];
