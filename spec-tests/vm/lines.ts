// Reads a stream line by line, one awaited line at a time.

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The next line of the stream at each call; null at its end, also when QEMU was killed with something unread. */
export function lineReader(stream: Readable): () => Promise<string | null> {
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  return async () => {
    try {
      const { done, value } = await lines.next();
      return done ? null : value;
    } catch {
      return null;
    }
  };
}
