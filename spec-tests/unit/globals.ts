// What uvu takes from Node's globals, as far as it does; uvu looks for it while it is loaded, so this is imported first.

import { host } from "./host.ts";

export const process = {
  argv: [],
  env: {},
  /** uvu's verdict. */
  exitCode: 0,
  stdout: { write: (text: string) => host.write(1, text) },
  on: () => {},
  /** Seconds and nanoseconds since `start`. */
  hrtime([seconds, nanoseconds] = [0, 0]): [number, number] {
    const now = performance.now();
    return [Math.trunc(now / 1e3) - seconds, Math.trunc((now % 1e3) * 1e6) - nanoseconds];
  },
};

Object.assign(globalThis, {
  process,
  console: { log: (line: string) => host.write(1, `${line}\n`) },
  // uvu/run's own settings: nothing runs before exec(), and all tests are of one group without a name.
  UVU_DEFER: 1,
  UVU_QUEUE: [[null]],
});
