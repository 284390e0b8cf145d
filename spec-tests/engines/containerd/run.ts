// ctr run: how a container starts and ends, and what is on its streams.

import * as assert from "node:assert/strict";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { Feature } from "../feature.ts";
import { BUSYBOX, type Ctr } from "./engine.ts";

const CTRL_C = "\x03";

export const RUN: readonly Feature<Ctr>[] = [
  {
    name: "run: exit codes",
    isQuick: true,
    run: async (ctr) => {
      const codes: readonly [number, string][] = [
        [0, "true"],
        [3, "exit 3"],
        [137, "sh -c 'kill -KILL $$'"],
        [143, "sh -c 'kill -TERM $$'"],
      ];
      for (const [code, script] of codes) {
        const argv = ctr.runArguments("once", ["--rm"], ["sh", "-c", `${script}; exit $?`]);
        const result = await ctr.run(argv);
        assert.equal(result.code, code, `${script}: ${result.stderr}`);
      }
      // ctr has one exit code for all that never ran.
      const missing = await ctr.run(ctr.runArguments("missing", ["--rm"], ["no-such-program"]));
      assert.notEqual(missing.code, 0);
      assert.match(missing.stderr, /"no-such-program": executable file not found in \$PATH/);
    },
  },
  {
    name: "run: output and errors apart",
    isQuick: true,
    run: async (ctr) => {
      const argv = ctr.runArguments("once", ["--rm"], ["sh", "-c", "read x; echo a; echo b >&2"]);
      // ctr copies nothing of a program that ends before its pipes are open: this one waits for them.
      const { stdout, stderr } = await ctr.run(argv, { input: "go\n" });
      assert.equal(stdout, "a\n");
      // Newer ones warn of old cgroups.
      assert.equal(stderr.replace(/^time=.*\n/gm, ""), "b\n");
    },
  },
  {
    name: "run: 100 MB through -i",
    run: async (ctr) => {
      const file = join(ctr.directory("input"), "file");
      await ok(["sh", "-c", `head -c 100M /dev/urandom >${file}`]);
      const want = await ok(["sh", "-c", `sha256sum <${file}`]);
      const command = (word: string, argv: string[]) =>
        ctr.argv(ctr.runArguments(word, ["--rm"], argv)).join(" ");
      const inside = `${command("in", ["sha256sum"])} <${file}`;
      assert.equal(await ok(["sh", "-c", inside]), want);
      const outside = `${command("out", ["cat"])} <${file} | sha256sum`;
      assert.equal(await ok(["sh", "-c", outside]), want);
    },
  },
  {
    name: "run: -d, and attach",
    isQuick: true,
    run: async (ctr) => {
      const name = ctr.name("waits");
      const script = "read x; echo got $x; exit 5";
      const fifos = ["--detach", "--fifo-dir", ctr.directory("fifos")];
      await ctr.ok(...ctr.runArguments("waits", fifos, ["sh", "-c", script]));
      assert.equal((await ctr.task(name))?.status, "RUNNING");
      const attached = await ctr.run(["tasks", "attach", name], { input: "word\n" });
      assert.deepEqual([attached.stdout, attached.code], ["got word\n", 5]);
    },
  },
  {
    name: "terminal: size and resize",
    isQuick: true,
    run: async (ctr) => {
      const script = "trap 'exit 130' INT; while :; do stty size; sleep 0.1; done";
      const argv = ctr.runArguments("shown", ["--rm", "--tty"], ["sh", "-c", script]);
      const terminal = ctr.terminal(argv, { rows: 33, columns: 111 });
      await terminal.shows(/^33 111\r$/m);
      await terminal.resize(44, 122);
      await terminal.shows(/^44 122\r$/m);
      terminal.type(CTRL_C);
      assert.equal(await terminal.ended(), 130);
    },
  },
  {
    name: "run: environment, working directory, entry point",
    run: async (ctr) => {
      const flags = ["--env", "A=b c", "--cwd", "/new/place"];
      assert.equal(await ctr.sh(flags, 'echo "$A" "$PWD"'), "b c /new/place");
    },
  },
  {
    name: "run: as runc, first in PATH",
    isQuick: true,
    run: async (ctr) => {
      const name = ctr.name("plain");
      assert.equal(await ctr.printed(["run", "--rm", BUSYBOX, name, "echo", "hello"]), "hello");
    },
  },
];
