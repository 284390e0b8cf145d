// Waits for what no event tells of.

import { patiently } from "./patience.ts";

/** Looks again and again; throws after `timeoutMs` without it. */
export async function until(what: string, isSo: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + patiently(timeoutMs);
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
