// Ways in which a program on the launcher can go wrong or end, by name. launcher.test.ts says what
// must come of each.

import type { Env } from "../../runtime/host/host.ts";
import type { ContractHost } from "./values.ts";

type Failure = (host: ContractHost, rest: readonly string[], env: Env) => Promise<number>;

export const FAILURES = new Map<string, Failure>([
  ["exit", async (_host, [code]) => Number(code)],
  ["no-code", async () => undefined as never],
  ["arguments", async (host, rest) => print(host, JSON.stringify(rest))],
  ["variable", async (host, [name], env) => print(host, `${env(name ?? "")}`)],
  ["chunk", async (host) => print(host, (await import("./lazy.ts")).lazy())],
  [
    "no-module",
    async (_host, [name]) => {
      await import(`${name}`);
      return 0;
    },
  ],
  [
    "throw",
    async () => {
      throw new TypeError("first line\nsecond line");
    },
  ],
  [
    "cause",
    async () => {
      throw new Error("outer", { cause: new RangeError("inner") });
    },
  ],
  [
    "throw-text",
    async () => {
      throw "plain text";
    },
  ],
  [
    "throw-hostile",
    async () => {
      throw Object.defineProperty(new Error("x"), "message", {
        get() {
          throw new Error("from the getter");
        },
      });
    },
  ],
  [
    "unhandled",
    async () => {
      void Promise.reject(new Error("nobody listens"));
      return 0;
    },
  ],
  [
    "late",
    async () => {
      const late = Promise.reject(new Error("somebody listens late"));
      await Promise.resolve();
      await late.catch(() => {});
      return 0;
    },
  ],
  [
    "panic",
    async (host) => {
      host.crash("first\nsecond");
      return 0;
    },
  ],
  ["pending", () => new Promise(() => {})],
  [
    "memory",
    async () => {
      const hoard: string[] = [];
      for (let index = 0; ; index++) hoard.push(`${index}`.repeat(100_000));
    },
  ],
  [
    "memory-caught",
    async (host) => {
      try {
        const hoard: string[] = [];
        for (let index = 0; ; index++) hoard.push(`${index}`.repeat(100_000));
      } catch (error) {
        host.write(1, `caught ${error === null ? "null" : "an error"}`);
      }
      return 0;
    },
  ],
  [
    "recursion",
    async () => {
      const deeper = (depth: number): number => deeper(depth + 1) + 1;
      return deeper(0);
    },
  ],
  ["deep-json", async () => JSON.parse("[".repeat(1_000_000)) as never],
]);

function print(host: ContractHost, text: string): number {
  host.write(1, text);
  return 0;
}
