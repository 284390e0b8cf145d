// Brings a container into the state that a case asks for, and lets it go on afterwards.

import { execFileSync } from "node:child_process";
import { closeSync, openSync, read, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "../harness/bundle.ts";
import { succeeded, untilStopped } from "../harness/container.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import type { Status } from "./case.ts";

export interface World {
  /** Ends what was held up. */
  leave(): Promise<void>;
}

const NOTHING: World = { leave: async () => {} };

export async function enter(
  sandbox: Sandbox,
  bundle: Bundle,
  id: string,
  status: Status,
): Promise<World> {
  if (status === "missing") return NOTHING;
  if (status === "creating") return creating(sandbox, bundle, id);
  const container = await sandbox.create(bundle, { id });
  if (status === "created") return NOTHING;
  await container.start();
  if (status !== "stopped") await untilExecuted((await container.state()).pid);
  if (status === "stopped") await untilStopped(container.state);
  if (status === "paused") succeeded("pause", await sandbox.startRuntime(["pause", id]).exited);
  return NOTHING;
}

/** `start` may end a moment before the program is there: the signals of the runtime's init are not the program's. */
async function untilExecuted(pid: number): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("/bin/")) {
    if (Date.now() > deadline) throw new Error(`process ${pid} has not executed its program`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A createRuntime hook says that it runs, then waits: both by a fifo. */
async function creating(sandbox: Sandbox, bundle: Bundle, id: string): Promise<World> {
  const [reached, go] = [join(bundle.dir, "reached"), join(bundle.dir, "go")];
  execFileSync("mkfifo", [reached, go]);
  const script = `echo reached >${reached}; read word <${go}`;
  bundle.config.hooks = { createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", script] }] };
  bundle.save();
  // opened for both, or the opening itself would wait
  const reader = openSync(reached, "r+");
  const release = openSync(go, "r+");
  const create = sandbox.startRuntime(["create", "--bundle", bundle.dir, id]);
  await readable(reader);
  return {
    leave: async () => {
      writeFileSync(release, "go\n");
      await create.exited;
      closeSync(reader);
      closeSync(release);
    },
  };
}

/** Waits in a thread of its own: the event loop goes on. */
function readable(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    read(fd, Buffer.alloc(16), 0, 16, null, (error) => (error ? reject(error) : resolve()));
  });
}
