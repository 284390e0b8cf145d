// Hooks of OCI hooks directories, each kind of them.

import * as assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../command.ts";
import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";

/** Those whose program is the host's, in their order, and what they are told of the container: runc 1.1 differs in two. */
const STAGES: Readonly<Record<string, RegExp>> = {
  prestart: /^(created|creating)$/,
  createRuntime: /^creating$/,
  createContainer: /^creating$/,
  poststart: /^(running|created)$/,
  poststop: /^stopped$/,
};

/** Writes what `--hooks-dir` reads: for containers with this annotation, `script` at `stages`. */
function addHook(
  podman: Podman,
  word: string,
  stages: readonly string[],
  script: string,
): string[] {
  const directory = podman.directory(word);
  const program = join(directory, "hook.sh");
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const key = podman.name(word);
  for (const stage of stages) {
    const hook = {
      version: "1.0.0",
      hook: { path: program, args: ["hook", stage], env: ["A=b"] },
      when: { annotations: { [`^${key}$`]: ".*" } },
      stages: [stage],
    };
    writeFileSync(
      join(podman.engine.directory, "hooks", `${key}-${stage}.json`),
      JSON.stringify(hook),
    );
  }
  return ["--annotation", `${key}=yes`];
}

export const HOOKS: readonly Feature<Podman>[] = [
  {
    name: "hooks: each kind, with the state",
    isQuick: true,
    run: async (podman) => {
      const log = join(podman.directory("log"), "file");
      const status = 'grep -o \'"status": *"[a-z]*"\' | sed \'s/.*: *"//; s/"//\'';
      const script = `echo "$1 $A $(${status})" >>${log}`;
      const flags = addHook(podman, "all", Object.keys(STAGES), script);
      assert.equal(await podman.sh(flags, "echo ran"), "ran");
      const lines = await until("the last hook", () => {
        const text = existsSync(log) ? readFileSync(log, "utf8") : "";
        return text.includes("poststop") ? text.trim().split("\n") : null;
      });
      const words = lines.map((line) => line.split(" "));
      assert.deepEqual(
        words.map(([stage]) => stage),
        Object.keys(STAGES),
      );
      for (const [stage, env, told] of words) {
        assert.equal(env, "b");
        assert.match(told!, STAGES[stage!]!, stage);
      }
    },
  },
  {
    name: "hooks: one that fails",
    isQuick: true,
    run: async (podman) => {
      const flags = addHook(podman, "bad", ["createRuntime"], "echo no such luck >&2; exit 7");
      const result = await podman.run(["run", "--rm", ...flags, "busybox", "true"]);
      assert.match(result.stderr, /no such luck/);
      assert.equal(result.code, 126);
    },
  },
];
