// How a container starts and ends: exit codes, streams, logs.

import * as assert from "node:assert/strict";
import type { Feature } from "../feature.ts";
import type { Docker } from "./engine.ts";

const EXIT_CODES: readonly [code: number, argv: readonly string[]][] = [
  [0, ["true"]],
  [3, ["sh", "-c", "exit 3"]],
  [126, ["/etc/not-executable"]],
  [127, ["/no/such/program"]],
  [127, ["no-such-program"]],
  [137, ["sh", "-c", "kill -KILL $$"]],
  [143, ["sh", "-c", "kill -TERM $$"]],
];

export const RUN: readonly Feature<Docker>[] = [
  {
    name: "run: exit codes",
    isQuick: true,
    run: async (docker) => {
      for (const [code, argv] of EXIT_CODES) {
        // As its first process, only an init makes a signal count.
        const result = await docker.run(["run", "--rm", "--init", "busybox", ...argv]);
        const direct = await docker.run(["run", "--rm", "busybox", ...argv]);
        if (code < 137) assert.equal(direct.code, code, `${argv.join(" ")}: ${direct.stderr}`);
        if (code >= 137 || code < 126)
          assert.equal(result.code, code, `${argv.join(" ")}: ${result.stderr}`);
      }
    },
  },
  {
    name: "run: both streams",
    isQuick: true,
    run: async (docker) => {
      const { stdout, stderr } = await docker.run([
        "run",
        "--rm",
        "busybox",
        "sh",
        "-c",
        "echo a; echo b >&2",
      ]);
      assert.deepEqual([stdout, stderr], ["a\n", "b\n"]);
    },
  },
];
