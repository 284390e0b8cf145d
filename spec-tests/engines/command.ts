// Programs of the box: run to their end, or started beside the feature.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 120_000;

/** Runs a command line to its end. A signal that ended it counts as a shell would count it. */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<Result> {
  const child = start(argv, options);
  const output = { stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  // Whoever does not read all of it is no failure of ours.
  child.stdin!.on("error", () => {});
  child.stdin!.end(options.input ?? "");
  const limit = options.timeoutMs ?? TIMEOUT_MS;
  const timer = setTimeout(() => {
    output.stderr += `\ntimed out after ${limit} ms`;
    child.kill("SIGKILL");
  }, limit);
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearTimeout(timer);
  return { code: code ?? (signal === "SIGTERM" ? 143 : 137), ...output };
}

/** The same, which must succeed: what it printed, without the last newline. */
export async function ok(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit ${code}: ${(stderr || stdout).trim()}`);
  return stdout.replace(/\n$/, "");
}

/** All three streams are pipes. */
export function start(argv: readonly string[], options: CommandOptions = {}): ChildProcess {
  const [program, ...args] = argv;
  return spawn(program!, args, {
    stdio: "pipe",
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
}

const POLL_MS = 50;

/** Asks again and again until the answer is not null; for what tells nobody when it happens. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null> | T | null,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
