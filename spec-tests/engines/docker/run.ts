// How a container starts and ends: exit codes, streams, logs.

import * as assert from "node:assert/strict";
import { join } from "node:path";
import { ok } from "../command.ts";
import type { CommandLine } from "../command-line.ts";
import type { Feature } from "../feature.ts";

const EXIT_CODES: readonly [code: number, argv: readonly string[]][] = [
  [0, ["true"]],
  [3, ["sh", "-c", "exit 3"]],
  [126, ["/etc/not-executable"]],
  [127, ["/no/such/program"]],
  [127, ["no-such-program"]],
];

/** Of the first process, only an init's child can be killed by itself. */
const SIGNAL_CODES: readonly [code: number, script: string][] = [
  [137, "kill -KILL $$"],
  [143, "kill -TERM $$"],
];

export const RUN: readonly Feature<CommandLine>[] = [
  {
    name: "run: exit codes",
    isQuick: true,
    run: async (docker) => {
      for (const [code, argv] of EXIT_CODES) {
        const result = await docker.run(["run", "--rm", "busybox", ...argv]);
        assert.equal(result.code, code, `${argv.join(" ")}: ${result.stderr}`);
      }
      for (const [code, script] of SIGNAL_CODES) {
        const argv = ["run", "--rm", "--init", "busybox", "sh", "-c", script];
        assert.equal((await docker.run(argv)).code, code, script);
      }
    },
  },
  {
    name: "run: output and errors apart",
    isQuick: true,
    run: async (docker) => {
      const argv = ["run", "--rm", "busybox", "sh", "-c", "echo a; echo b >&2"];
      const { stdout, stderr } = await docker.run(argv);
      assert.deepEqual([stdout, stderr], ["a\n", "b\n"]);
    },
  },
  {
    name: "run: no -i is end of input",
    run: async (docker) => {
      assert.equal(await docker.ok("run", "--rm", "busybox", "wc", "-c"), "0");
    },
  },
  {
    name: "run: 100 MB through -i",
    isQuick: true,
    run: async (docker) => {
      const file = join(docker.directory("input"), "file");
      const env = docker.engine.env;
      await ok(["sh", "-c", `head -c 100M /dev/urandom >${file}`]);
      const want = await ok(["sh", "-c", `sha256sum <${file}`]);
      const command = docker.argv(["run", "--rm", "--interactive", "busybox"]).join(" ");
      const inside = `${command} sha256sum <${file}`;
      assert.equal(await ok(["sh", "-c", inside], { env }), want);
      const outside = `${command} cat <${file} | sha256sum`;
      assert.equal(await ok(["sh", "-c", outside], { env }), want);
    },
  },
  {
    name: "logs",
    isQuick: true,
    run: async (docker) => {
      const script = "for i in 1 2 3; do echo line $i; done; echo bad >&2";
      const name = await docker.background("talks", ["busybox", "sh", "-c", script]);
      await docker.ok("wait", name);
      const all = await docker.run(["logs", name]);
      assert.deepEqual([all.stdout, all.stderr], ["line 1\nline 2\nline 3\n", "bad\n"]);
      const last = await docker.run(["logs", "--tail", "2", name]);
      assert.equal(`${last.stdout}${last.stderr}`.trim().split("\n").length, 2);
      const followed = await docker.run(["logs", "--follow", name]);
      assert.equal(followed.stdout, all.stdout);
    },
  },
  {
    name: "run: environment, working directory, entry point",
    run: async (docker) => {
      const flags = ["--env", "A=b c", "--workdir", "/new/place"];
      assert.equal(await docker.sh(flags, 'echo "$A" "$PWD"'), "b c /new/place");
      const other = await docker.ok("run", "--rm", "--entrypoint", "echo", "busybox", "hello");
      assert.equal(other, "hello");
    },
  },
  {
    name: "run: as runc, first in PATH",
    isQuick: true,
    run: async (docker) => {
      assert.equal(await docker.sh(["--runtime", "runc"], "echo hello"), "hello");
    },
  },
];
