// `run [--cold] [--timeout SECONDS] [NAME=VALUE...] COMMAND...`: one command line in a machine of its own.
// Prints the command's output as it comes and ends with its exit status: 124 after the time limit, 125 when the
// machine failed, as timeout(1) and engines use them.

import { statSync, utimesSync } from "node:fs";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";
import { type Files, isBuilt, isSaved, machineFiles, REPOSITORY } from "./cache.ts";
import { lineReader } from "./lines.ts";
import { type Machine, startMachine } from "./machine.ts";
import { resumeState } from "./state.ts";

const TIMED_OUT = 124;
const FAILED = 125;
const USAGE = "usage: spec-tests/vm/run [--cold] [--timeout SECONDS] [NAME=VALUE...] COMMAND...";

interface Request {
  readonly cold: boolean;
  readonly timeoutMs: number;
  readonly command: readonly string[];
}

async function main(): Promise<number> {
  const request = parse(process.argv.slice(2));
  if (request === null) return fail(USAGE);
  const files = machineFiles();
  if (!isBuilt(files)) return fail("error: no machine for this version: spec-tests/vm/build");
  touch(files);

  const cold = request.cold || !isSaved(files);
  const machine = startMachine(files, REPOSITORY, cold ? "cold" : "resume");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => {
      machine.kill();
      process.exit(FAILED);
    });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    machine.kill();
  }, request.timeoutMs);
  try {
    const code = await runIn(machine, files, request, cold);
    if (code !== null) return code;
  } finally {
    clearTimeout(timer);
  }
  if (!timedOut) return fail(`error: the machine ended before the command\n${machine.log()}`);
  process.stderr.write(`error: no end after ${request.timeoutMs / 1000} s\n`);
  return TIMED_OUT;
}

/** The command's exit status; null when the machine ended first. */
async function runIn(
  machine: Machine,
  files: Files,
  request: Request,
  cold: boolean,
): Promise<number | null> {
  machine.stdout.pipe(process.stdout, { end: false });
  machine.stderr.pipe(process.stderr, { end: false });
  const outputs = [machine.stdout, machine.stderr].map((stream) =>
    finished(stream, { writable: false }).catch(() => {}),
  );
  if (!cold) await resumeState(machine, files);
  const readLine = lineReader(machine.control);
  if (cold && (await readLine()) === null) return null;
  machine.control.write(encode(request.command));
  const line = await readLine();
  // The agent had written all output before; what is still in the sockets outlives the machine.
  machine.kill();
  await machine.exited;
  await Promise.all(outputs);
  return line === null ? null : Number(line.replace("exit ", ""));
}

/** What guest/agent reads: the time, which stood still while the machine was saved, and a script. */
function encode(command: readonly string[]): string {
  const cwd = process.cwd();
  const script = [
    `checkout=${quote(REPOSITORY)}`,
    `cwd=${quote(cwd.startsWith(`${REPOSITORY}/`) ? cwd : REPOSITORY)}`,
    `set -- ${command.map(quote).join(" ")}`,
  ].join("\n");
  return `${Date.now() / 1000} ${Buffer.from(script).toString("base64")}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function parse(argv: readonly string[]): Request | null {
  const timeout = { type: "string", default: "600" } as const;
  const cold = { type: "boolean", default: false } as const;
  // The command's own options are not ours.
  let at = 0;
  while (argv[at]?.startsWith("-")) at += argv[at] === "--timeout" ? 2 : 1;
  try {
    const { values } = parseArgs({ args: argv.slice(0, at), options: { timeout, cold } });
    const timeoutMs = Number(values.timeout) * 1000;
    const command = argv.slice(at);
    if (command.length === 0 || !(timeoutMs > 0)) return null;
    return { cold: values.cold, timeoutMs, command };
  } catch {
    return null;
  }
}

/** build removes what was not used for long. */
function touch({ directory }: Files): void {
  if (Date.now() - statSync(directory).mtimeMs < 3_600_000) return;
  try {
    utimesSync(directory, new Date(), new Date());
  } catch {
    // another user's cache
  }
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return FAILED;
}

process.exitCode = await main();
