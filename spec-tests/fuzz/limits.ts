// Target: documents that are too much, as config.json in the launcher. Time and memory stay bounded, and the message is clear.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unmet } from "../harness/needs.ts";
import { runtimePath } from "../harness/runtime.ts";
import { badEnd, type Target } from "./target.ts";

const MIB = 1 << 20;
/** What the process may map: the engine's heap of 256 MiB, the text in Rust and in JavaScript, the program and its stack. */
const MAX_ADDRESS_SPACE = 384 * MIB;

const CASES: readonly (readonly [name: string, text: () => string, message: RegExp])[] = [
  [
    "100 MB",
    () => `{"annotations":{"k":"${"x".repeat(100e6)}"}}`,
    /config\.json is over \d+ bytes long/,
  ],
  [
    "a long string",
    () => `{"annotations":{"k":"${"x".repeat(15 * MIB)}"}}`,
    /\/process: is missing/,
  ],
  ["many lists", () => `{"mounts":[${"[],".repeat(5 * MIB)}[]]}`, /out of memory/],
  ["many numbers", () => `{"mounts":[${"1,".repeat(7 * MIB)}1]}`, /out of memory|problems: /],
  ["many mistakes", () => `{"mounts":[${"[],".repeat(50_000)}[]]}`, /problems: .*and \d+ more$/m],
  [
    "many names",
    () => `{${Array.from({ length: 500_000 }, (_, i) => `"k${i}":1`).join()}}`,
    /\/process: is missing/,
  ],
  ["deep lists", () => `{"a":${"[".repeat(7 * MIB)}`, /nested more than 1000 levels deep/],
  ["deep objects", () => `${'{"a":'.repeat(2 * MIB)}1`, /nested more than 1000 levels deep/],
  [
    "deep, beside a large integer",
    () => `{"n":12345678901234567890,"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
    /nested more than 1000 levels deep|\/process: is missing/,
  ],
];

export function limits(directory: string): Target {
  const unsuited = unmet(["no sanitizer in it"]);
  const texts = new Map(CASES.map(([name, text]) => [name, text]));
  return {
    name: "limits",
    what: "documents that are too much",
    weight: 0,
    // its memory is the sanitizer's affair
    ...(unsuited !== null && { missing: unsuited }),
    corpus: new Map(CASES.map(([name]) => [name, name])),
    make: () => "",
    check: (name) => {
      const [, , message] = CASES.find(([known]) => known === name)!;
      writeFileSync(join(directory, "config.json"), texts.get(name)!());
      const { status, signal, stderr, error } = spawnSync(
        "prlimit",
        [`--as=${MAX_ADDRESS_SPACE}`, runtimePath(), "explain", directory],
        { encoding: "utf8", timeout: 120_000, maxBuffer: 64 * MIB },
      );
      const isTimeout = (error as NodeJS.ErrnoException | undefined)?.code === "ETIMEDOUT";
      const told = stderr.trimEnd();
      const bad = badEnd({ status, signal, stderr: told, isTimeout });
      if (bad !== null) return bad;
      return message.test(told) ? null : `another message: ${told.slice(0, 300)}`;
    },
  };
}
