// The injector as a service: compiled when its source is newer, one process a worker, one request at a time.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { REPOSITORY } from "../harness/build.ts";

const SOURCE = join(REPOSITORY, "spec-tests", "faults", "inject");
const JSON_WRITER = join(REPOSITORY, "spec-tests", "harness", "probe", "json.c");
const PROGRAM = join(REPOSITORY, "dist", "spec-tests", "inject");
const SEPARATOR = "\x1f";

/** Which call fails, and how. */
export interface Fault {
  /** 0 is the command, 1 the first process that it or an earlier command of the case made. */
  readonly process: number;
  /** From 1. */
  readonly call: number;
  /** The system call that it is expected to be: else nothing fails. */
  readonly number: number;
  /** 0: the process gets SIGKILL when it is about to make the call. */
  readonly errno: number;
}

const NONE: Fault = { process: 0, call: 0, number: 0, errno: 0 };

export interface Outcome {
  /** False when it was killed after the timeout. */
  readonly ended: boolean;
  /** -1 when a signal ended it. */
  readonly code: number;
  readonly signal: number;
  readonly hit: boolean;
  /** Of every call, by process. */
  readonly numbers: readonly (readonly number[])[];
  readonly stdout: string;
  readonly stderr: string;
}

export interface Injector {
  /** Runs a command to its end; "untraced": at full speed, and nothing it does is seen. */
  run(argv: readonly string[], fault: Fault | "traced" | "untraced"): Promise<Outcome>;
  /** What all commands of the case, and the containers that they left, have printed. */
  output(): Promise<string>;
  /** Every process that is left of the case. */
  left(): Promise<number[]>;
  /** Kills them and begins a new case. */
  end(): Promise<void>;
  close(): void;
}

/** The longest that a command may take: trunc's own limits are ten seconds, and the machine may be busy. */
export const TIMEOUT_MS = 45_000;

export function startInjector(): Injector {
  const child = spawn(injectorPath(), [], { stdio: ["pipe", "pipe", "inherit"], env: {} });
  const lines = createInterface({ input: child.stdout });
  const waiting: ((line: string) => void)[] = [];
  lines.on("line", (line) => waiting.shift()?.(line));
  child.on("exit", (code, signal) => {
    if (waiting.length > 0) throw new Error(`the injector ended: ${signal ?? code}`);
  });
  const ask = (...fields: readonly string[]): Promise<unknown> => {
    child.stdin.write(`${fields.join(SEPARATOR)}\n`);
    return new Promise((resolve) => waiting.push((line) => resolve(JSON.parse(line))));
  };
  return {
    run: async (argv, fault) => {
      const isTraced = fault === "untraced" ? 0 : 1;
      const { process, call, number, errno } = typeof fault === "string" ? NONE : fault;
      const numbers = [isTraced, process, call, number, errno, TIMEOUT_MS];
      const answer = (await ask("run", ...numbers.map(String), ...argv)) as Outcome;
      return { ...answer, ended: Boolean(answer.ended), hit: Boolean(answer.hit) };
    },
    output: async () => ((await ask("output")) as { stdout: string }).stdout,
    left: async () => (await ask("left")) as number[],
    end: async () => void (await ask("end")),
    close: () => void child.stdin.end(),
  };
}

function injectorPath(): string {
  const sources = [...readdirSync(SOURCE).map((name) => join(SOURCE, name)), JSON_WRITER];
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if (!existsSync(PROGRAM) || statSync(PROGRAM).mtimeMs < newest) {
    mkdirSync(dirname(PROGRAM), { recursive: true });
    const files = sources.filter((path) => path.endsWith(".c"));
    execFileSync("cc", ["-static", "-O1", "-Wall", "-Wextra", "-o", PROGRAM, ...files]);
  }
  return PROGRAM;
}
