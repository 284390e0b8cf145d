// ctr tasks: what is done to a container that runs; and containerd's own end meanwhile.

import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../command.ts";
import type { Feature } from "../feature.ts";
import { BUSYBOX, type Ctr } from "./engine.ts";

const MANY = 50;
const SIGNALS = [
  "HUP",
  "INT",
  "QUIT",
  "USR1",
  "USR2",
  "PIPE",
  "ALRM",
  "TERM",
  "WINCH",
  "URG",
  "PWR",
];

export const TASKS: readonly Feature<Ctr>[] = [
  {
    name: "exec: exit codes",
    isQuick: true,
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      for (const [code, script] of [
        [0, "true"],
        [3, "exit 3"],
        [137, "kill -KILL $$"],
        [143, "kill -TERM $$"],
      ] as const) {
        const { code: found } = await ctr.run(ctr.execArguments(name, [], ["sh", "-c", script]));
        assert.equal(found, code, script);
      }
      const missing = await ctr.run(ctr.execArguments(name, [], ["no-such-program"]));
      assert.notEqual(missing.code, 0);
      assert.match(missing.stderr, /"no-such-program": executable file not found in \$PATH/);
    },
  },
  {
    name: "exec: -u, -w, -e",
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      const flags = ["--user", "1000", "--cwd", "/tmp"];
      const argv = ctr.execArguments(name, flags, ["sh", "-c", "echo $(id -u) $PWD"]);
      assert.equal(await ctr.ok(...argv), "1000 /tmp");
    },
  },
  {
    name: "exec: -i, -t",
    isQuick: true,
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      const { stdout } = await ctr.run(ctr.execArguments(name, [], ["wc", "-c"]), {
        input: "12345",
      });
      assert.equal(stdout, "5\n");
      const terminal = ctr.terminal(ctr.execArguments(name, ["--tty"], ["sh"]));
      terminal.type("tty; exit 9\n");
      await terminal.shows(/^\/dev\/pts\/\d+\r$/m);
      assert.equal(await terminal.ended(), 9);
    },
  },
  {
    name: "exec: detached",
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      await ctr.ok(...ctr.execArguments(name, ["--detach"], ["sh", "-c", "echo done >/tmp/mark"]));
      await until("the detached command", async () => {
        const { stdout } = await ctr.run(ctr.execArguments(name, [], ["cat", "/tmp/mark"]));
        return stdout === "done\n" ? true : null;
      });
    },
  },
  {
    name: `exec: ${MANY} at once`,
    timeoutMs: 300_000,
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      const numbers = Array.from({ length: MANY }, (_, index) => String(index));
      const outputs = await Promise.all(numbers.map((number) => ctr.exec(name, "echo", number)));
      assert.deepEqual(outputs, numbers);
      assert.equal((await ctr.ok("tasks", "ps", name)).split("\n").length, 2);
    },
  },
  {
    name: "kill: each signal",
    isQuick: true,
    run: async (ctr) => {
      const script = `for s in ${SIGNALS.join(" ")}; do trap "echo got $s" $s; done; echo ready; while :; do sleep 0.02; done`;
      const name = await ctr.background("ears", [], ["sh", "-c", script]);
      const says = (line: string) =>
        until(line, () =>
          readFileSync(ctr.logOf(name), "utf8").split("\n").includes(line) ? true : null,
        );
      await until("its log", () => (existsSync(ctr.logOf(name)) ? true : null));
      await says("ready");
      for (const signal of SIGNALS) {
        await ctr.ok("tasks", "kill", "--signal", signal, name);
        await says(`got ${signal}`);
      }
      await ctr.ok("tasks", "kill", "--signal", "KILL", name);
      await stopped(ctr, name);
    },
  },
  {
    name: "kill: --all",
    run: async (ctr) => {
      const name = await ctr.background("many", [], ["sh", "-c", "sleep 999 & sleep 998 & wait"]);
      const pids = (await ctr.ok("tasks", "ps", name)).split("\n").slice(1);
      assert.ok(pids.length >= 1);
      await ctr.ok("tasks", "kill", "--all", "--signal", "KILL", name);
      await stopped(ctr, name);
    },
  },
  {
    name: "pause and unpause",
    isQuick: true,
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      await ctr.ok("tasks", "pause", name);
      assert.equal((await ctr.task(name))?.status, "PAUSED");
      await ctr.ok("tasks", "resume", name);
      assert.equal(await ctr.exec(name, "echo", "back"), "back");
    },
  },
  {
    name: "tasks: metrics, ps, ls, delete",
    isQuick: true,
    run: async (ctr) => {
      const name = await ctr.idle("idle", ["--memory-limit", String(64 << 20)]);
      const metrics = await ctr.ok("tasks", "metrics", name);
      assert.match(metrics, /memory\.\S+\s+[1-9]\d*/);
      const { pid } = (await ctr.task(name))!;
      assert.match(readFileSync(`/proc/${pid}/cmdline`, "utf8"), /^sleep/);
      assert.match(await ctr.ok("tasks", "ps", name), new RegExp(`^${pid} `, "m"));
      await ctr.ok("tasks", "kill", "--signal", "KILL", name);
      await stopped(ctr, name);
      await ctr.run(["tasks", "delete", name]);
      assert.equal(await ctr.task(name), null);
    },
  },
  {
    name: "namespaces of containerd: the same name twice",
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      const other = (...argv: string[]) => ctr.ok("--namespace", "other", ...argv);
      await other("images", "import", join(ctr.engine.place.images, "busybox.tar"));
      const runtime = ["--runc-binary", ctr.engine.place.runtime.path];
      await other("run", "--detach", ...runtime, BUSYBOX, name, "sleep", "1000");
      assert.match(await ctr.ok("namespaces", "ls"), /^other/m);
      await other("tasks", "rm", "--force", name);
      await other("containers", "rm", name);
      assert.equal((await ctr.task(name))?.status, "RUNNING");
    },
  },
  {
    name: "the engine restarts, containers run on",
    isQuick: true,
    isAlone: true,
    run: async (ctr) => {
      const name = await ctr.idle("idle");
      const before = (await ctr.task(name))!;
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        await ctr.engine.daemon.kill(signal);
        await ctr.engine.daemon.start();
        assert.deepEqual(await ctr.task(name), before);
        assert.equal(await ctr.exec(name, "echo", "still"), "still");
      }
      await ctr.ok("tasks", "kill", "--signal", "KILL", name);
      await stopped(ctr, name);
    },
  },
];

async function stopped(ctr: Ctr, name: string): Promise<void> {
  await until(`${name} to stop`, async () =>
    (await ctr.task(name))?.status === "STOPPED" ? true : null,
  );
}
