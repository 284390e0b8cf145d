// A resctrl file system for machines without: the probe plays it, in a mount namespace that commands enter (probe/resctrl.c).

import { execFileSync } from "node:child_process";
import { probePath } from "./build.ts";
import type { Bundle } from "./bundle.ts";
import type { Call } from "./call.ts";
import { type Container, createContainer } from "./container.ts";
import { runtimePath } from "./runtime.ts";
import type { Sandbox } from "./sandbox.ts";

export interface Resctrl {
  /** Runs the runtime where it is mounted. */
  startRuntime(args: readonly string[]): Call;
  create(bundle: Bundle): Promise<Container>;
  /** What a shell prints at its top. */
  shell(script: string): string;
  /** `mkdir /a`, `write /a/tasks 7`, `rmdir /a`: all that happened since it was asked last. */
  calls(): Promise<string[]>;
}

/** `classes` and `monitors`: how many groups of either kind there can be. */
export async function mountResctrl(t: Sandbox, classes = 3, monitors = 3): Promise<Resctrl> {
  const server = t.startHelper(probePath(), ["resctrl", `${classes}`, `${monitors}`], {
    stdin: "open",
    timeoutMs: 600_000,
  });
  await server.sees("ready\n");
  const entered = ["--target", `${server.child.pid}`, "--mount", "--"];
  const env = { PATH: process.env.PATH!, SPEC_TOKEN: t.token };
  const startRuntime: Resctrl["startRuntime"] = (args) =>
    t.startHelper("nsenter", [...entered, runtimePath(), "--root", t.stateRoot, ...args], { env });
  const shell: Resctrl["shell"] = (script) =>
    execFileSync("nsenter", [...entered, "sh", "-ec", `cd /sys/fs/resctrl; ${script}`], {
      encoding: "utf8",
    });
  let told = "ready\n".length;
  let marks = 0;
  return {
    startRuntime,
    create: (bundle) => createContainer({ startRuntime, id: t.id }, bundle),
    shell,
    calls: async () => {
      const mark = `asked ${++marks}`;
      shell(`echo ${mark} > tasks`);
      await server.sees(`${mark}\n`);
      const text = server.stdout().slice(told);
      told += text.length;
      return text.split("\n").slice(0, -2);
    },
  };
}
