// Boots a fresh image once and saves the machine where guest/agent waits for its command.

import type { Files } from "./cache.ts";
import { lineReader } from "./lines.ts";
import { startMachine } from "./machine.ts";
import { saveState } from "./state.ts";

/** Fails with the console's last lines when the guest is not up within `timeoutMs`, or a unit of it failed. */
export async function saveMachine(
  files: Files,
  checkout: string,
  timeoutMs: number,
): Promise<void> {
  const machine = startMachine(files, checkout, "save");
  const timer = setTimeout(() => machine.kill(), timeoutMs);
  try {
    const line = await lineReader(machine.control)();
    if (line !== "ready running")
      throw new Error(`the guest did not come up: ${line ?? "QEMU ended"}\n${machine.log()}`);
    await saveState(machine, files);
  } finally {
    clearTimeout(timer);
    machine.kill();
  }
}
