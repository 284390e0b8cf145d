// Saves a machine to a file and resumes it, over QEMU's machine protocol. The memory is a file of its own: it is
// saved by being there, and mapped privately when resumed, so nothing is read before it is used.

import type { Files } from "./cache.ts";
import { lineReader } from "./lines.ts";
import type { Machine } from "./machine.ts";

type Execute = (
  command: string,
  args?: object,
) => Promise<{ readonly status?: string } | undefined>;

export async function saveState(machine: Machine, files: Files): Promise<void> {
  const execute = await connect(machine);
  // Not stopped before: a machine that is saved stopped is also resumed stopped.
  await execute("migrate", { uri: `exec:cat >'${files.state}'` });
  for (;;) {
    const status = (await execute("query-migrate"))?.status;
    if (status === "completed") break;
    if (status === "failed") throw new Error(`QEMU could not save\n${machine.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await execute("quit");
  await machine.exited;
}

/** For a machine that was started with `-incoming defer`; it runs as soon as it is loaded. */
export async function resumeState(machine: Machine, files: Files): Promise<void> {
  const execute = await connect(machine);
  await execute("migrate-incoming", { uri: `exec:cat '${files.state}'` });
}

async function connect(machine: Machine): Promise<Execute> {
  const readLine = lineReader(machine.qmp);
  const execute: Execute = async (command, args = {}) => {
    machine.qmp.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    for (;;) {
      const line = await readLine();
      if (line === null) throw new Error(`QEMU ended at ${command}\n${machine.log()}`);
      const message = JSON.parse(line);
      if (message.error) throw new Error(`QEMU: ${command}: ${message.error.desc}`);
      if ("return" in message) return message.return;
    }
  };
  await execute("qmp_capabilities");
  await execute("migrate-set-capabilities", {
    capabilities: [{ capability: "x-ignore-shared", state: true }],
  });
  return execute;
}
