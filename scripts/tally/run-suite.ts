// Runs one suite and counts what it printed. Effects: a child process, and what `print` does with its output.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { type Counts, countsOf, judge } from "./counts.ts";
import type { Suite } from "./suites.ts";

export interface Outcome {
  readonly name: string;
  readonly counts: Counts;
  readonly seconds: number;
  readonly remark: string;
}

/** Takes output as it comes. */
export type Print = (text: string) => void;

const LOST_MS = 2_000;

export async function runSuite(suite: Suite, print: Print): Promise<Outcome> {
  print(`\n== ${suite.name}: ${suite.what}\n`);
  const reason = whyNot(suite);
  if (reason !== null) {
    print(`skip ${suite.name}: ${reason}\n`);
    const counts = { passed: 0, failed: 0, skipped: 1 };
    return { name: suite.name, counts, seconds: 0, remark: `skipped: ${reason}` };
  }
  const started = process.hrtime.bigint();
  const { output, exitCode } = await runCommand(suite, print);
  const found = countsOf(output, suite.format, exitCode);
  const counts = judge(found, exitCode);
  const isHidden = counts.failed > (found?.failed ?? 0);
  return {
    name: suite.name,
    counts,
    seconds: Number(process.hrtime.bigint() - started) / 1e9,
    remark: isHidden ? `exit code ${exitCode}${found === null ? ", no counts printed" : ""}` : "",
  };
}

function whyNot({ needs, program }: Suite): string | null {
  if (needs === "root" && process.getuid?.() !== 0) return "needs root";
  if (program !== undefined && spawnSync(program, ["--version"]).error) return `no ${program}`;
  return null;
}

/** What it prints goes on at once, and its standard output is kept to be counted. */
async function runCommand(
  { command, env }: Suite,
  print: Print,
): Promise<{ output: string; exitCode: number }> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      print(text);
      if (stream === child.stdout) output += text;
    });
  }
  const closed = once(child, "close");
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  // A process that a test lost may hold the pipe open.
  await Promise.race([closed, delay(LOST_MS, undefined, { ref: false })]);
  if (signal !== null) print(`${program}: killed by ${signal}\n`);
  return { output, exitCode: code ?? 1 };
}
