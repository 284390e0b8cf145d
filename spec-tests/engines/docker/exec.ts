// docker exec.

import * as assert from "node:assert/strict";
import { until } from "../command.ts";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";
import { WITHHELD } from "../limits.ts";

const MANY = 50;

export const EXEC: readonly Feature<CommandLine>[] = [
  {
    name: "exec: exit codes",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.idle("idle");
      const codes: readonly [number, ...string[]][] = [
        [0, "true"],
        [3, "sh", "-c", "exit 3"],
        [126, "/etc/not-executable"],
        [137, "sh", "-c", "kill -KILL $$"],
        [143, "sh", "-c", "kill -TERM $$"],
      ];
      for (const [code, ...argv] of codes) {
        const result = await docker.run(["exec", name, ...argv]);
        assert.equal(result.code, code, `${argv.join(" ")}: ${result.stdout}${result.stderr}`);
      }
      const missing = await docker.run(["exec", name, "no-such-program"]);
      assert.match(missing.stdout + missing.stderr, /"no-such-program": executable file not found/);
      // 20.10 has 126 for it.
      assert.match(String(missing.code), /^12[67]$/);
    },
  },
  {
    name: "exec: -u, -w, -e",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.idle("idle");
      const flags = ["--user", "worker", "--workdir", "/tmp", "--env", "A=b"];
      const script = "echo $(id -u) $(id -G) $PWD $A";
      const output = await docker.ok("exec", ...flags, name, "sh", "-c", script);
      assert.equal(output, "1000 1000 2000 /tmp b");
    },
  },
  {
    name: "exec: -i, -t",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.idle("idle");
      const { stdout } = await docker.run(["exec", "-i", name, "wc", "-c"], { input: "12345" });
      assert.equal(stdout, "5\n");
      const terminal = docker.terminal(["exec", "-it", name, "sh"], { rows: 30, columns: 99 });
      // The first size comes after the start, if at all: on a busy machine the engine gives up before.
      const line = "tty; until stty size 2>/dev/null | grep '^44 122$'; do sleep 0.1; done; exit 9";
      terminal.type(`${line}\n`);
      await terminal.shows(/^\/dev\/pts\/\d+\r$/m);
      await terminal.resize(44, 122);
      await terminal.shows(/^44 122\r$/m);
      assert.equal(await terminal.ended(), 9);
    },
  },
  {
    name: "exec: --privileged",
    deviates: WITHHELD,
    run: async (docker) => {
      const name = await docker.idle("idle");
      const script = "grep CapEff /proc/self/status";
      const plain = await docker.ok("exec", name, "sh", "-c", script);
      const all = await docker.ok("exec", "--privileged", name, "sh", "-c", script);
      assert.notEqual(all, plain);
    },
  },
  {
    name: "exec: detached",
    isQuick: true,
    run: async (docker) => {
      const name = await docker.idle("idle");
      await docker.ok("exec", "--detach", name, "sh", "-c", "echo done >/tmp/mark");
      await until("the detached command", async () => {
        const { stdout } = await docker.run(["exec", name, "cat", "/tmp/mark"]);
        return stdout === "done\n" ? true : null;
      });
    },
  },
  {
    name: `exec: ${MANY} at once`,
    timeoutMs: 300_000,
    run: async (docker) => {
      const name = await docker.idle("idle");
      const numbers = Array.from({ length: MANY }, (_, index) => String(index));
      const outputs = await Promise.all(
        numbers.map((number) => docker.ok("exec", name, "echo", number)),
      );
      assert.deepEqual(outputs, numbers);
      const top = await docker.ok("top", name, "-o", "pid,args");
      assert.equal(top.split("\n").length, 3, top);
    },
  },
  {
    name: "exec: in a container without an init, its orphans end with it",
    run: async (docker) => {
      const name = await docker.background("idle", ["busybox", "sleep", "1000"]);
      await docker.ok("exec", "--detach", name, "sh", "-c", "sleep 999 & sleep 998 &");
      await docker.ok("kill", name);
      await docker.ok("rm", name);
    },
  },
];
