// An engine's server: started, asked until it answers, stopped, killed, started again; its log is kept for failures.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { until } from "./command.ts";

export interface DaemonOptions {
  readonly argv: readonly string[];
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
  /** True when it serves. */
  readonly isReady: () => Promise<boolean>;
}

export class Daemon {
  #options: DaemonOptions;
  #child: ChildProcess | null = null;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.#options.argv[0]} is not running`);
    return pid;
  }

  async start(): Promise<void> {
    const { argv, log, env, isReady } = this.#options;
    const [program, ...args] = argv;
    const output = openSync(log, "a");
    const child = spawn(program!, args, {
      stdio: ["ignore", output, output],
      env: { ...process.env, ...env },
    });
    closeSync(output);
    this.#child = child;
    await until(`${program} to serve`, async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended:\n${this.log()}`);
      return (await isReady()) ? true : null;
    });
  }

  /** SIGTERM, and SIGKILL for who does not listen. */
  async stop(timeoutMs = 60_000): Promise<void> {
    await this.kill("SIGTERM", timeoutMs);
  }

  async kill(signal: NodeJS.Signals = "SIGKILL", timeoutMs = 60_000): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    await gone;
    clearTimeout(timer);
  }

  /** Its last lines. */
  log(lines = 30): string {
    return readFileSync(this.#options.log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }
}
