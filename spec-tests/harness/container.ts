// Drives one container through create, start, state, kill and delete.

import { existsSync, readFileSync } from "node:fs";
import type { Bundle } from "./bundle.ts";
import type { Call, CallOptions, Result } from "./call.ts";
import { patiently } from "./patience.ts";

export interface State {
  readonly ociVersion: string;
  readonly id: string;
  readonly pid: number;
  readonly status: string;
  readonly bundle: string;
  readonly annotations?: Record<string, string>;
  readonly [key: string]: unknown;
}

export interface Container {
  readonly id: string;
  readonly created: Call;
  /** Fails the test when the runtime does. */
  start(): Promise<void>;
  state(): Promise<State>;
  kill(signal?: string): Promise<void>;
  delete(...flags: string[]): Promise<void>;
  /** What the container has printed once it has ended and the runtime knows. */
  finished(): Promise<string>;
  /** start, then finished. */
  output(): Promise<string>;
}

export interface CreateOptions extends CallOptions {
  readonly id?: string;
  readonly flags?: readonly string[];
  /** Options before the command. */
  readonly global?: readonly string[];
}

interface Driver {
  startRuntime(args: readonly string[], options?: CallOptions): Call;
  id(): string;
}

export async function createContainer(
  driver: Driver,
  bundle: Bundle,
  options: CreateOptions = {},
): Promise<Container> {
  const id = options.id ?? driver.id();
  const flags = ["--bundle", bundle.dir, ...(options.flags ?? [])];
  const created = driver.startRuntime([...(options.global ?? []), "create", ...flags, id], options);
  const made = await created.exited;
  // Of one that failed nobody holds the output open, and the last line may still be on its way.
  succeeded("create", made.code === 0 ? made : await created.closed);

  const command = async (...words: string[]) => {
    const result = await driver.startRuntime(words).exited;
    succeeded(words[0]!, result);
    return result;
  };
  const state = () => stateOf(driver, id);
  const finished = async () => {
    const { stdout } = await created.closed;
    await untilStopped(state);
    return stdout;
  };
  const start = async () => void (await command("start", id));
  return {
    id,
    created,
    start,
    state,
    kill: async (signal = "KILL") => void (await command("kill", id, signal)),
    delete: async (...words) => void (await command("delete", ...words, id)),
    finished,
    output: async () => {
      await start();
      return finished();
    },
  };
}

/** What `state` says of any container. */
export async function stateOf(
  { startRuntime }: Pick<Driver, "startRuntime">,
  id: string,
): Promise<State> {
  // closed, not exited: its output may come after its end, and nobody else has it
  const { stdout } = succeeded("state", await startRuntime(["state", id]).closed);
  return JSON.parse(stdout) as State;
}

/** Throws with what the runtime said unless it ended with 0. */
export function succeeded(what: string, result: Result): Result {
  if (result.code === 0) return result;
  throw new Error(
    `${what} ended with ${result.code ?? result.signal}: ${result.stderr || result.stdout}`,
  );
}

/** Its output is closed a moment before a process is gone: asks again for some seconds. */
export async function untilStopped(state: () => Promise<State>): Promise<void> {
  const deadline = Date.now() + patiently(5000);
  for (;;) {
    const { status, pid } = await state();
    if (status === "stopped") return;
    if (Date.now() > deadline) throw new Error(`still ${status}: ${describe(pid)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function describe(pid: number): string {
  const path = `/proc/${pid}/status`;
  return existsSync(path)
    ? readFileSync(path, "utf8").split("\n").slice(0, 3).join(" ")
    : `no pid ${pid}`;
}
