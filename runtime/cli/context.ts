// What every command gets, and what it gives back. Types only: nothing here prints or exits.

import type { Env, Host } from "../host/host.ts";
import type { OptionValue } from "./args.ts";
import type { Table } from "./completion/words.ts";

/** The options before the command, decoded. */
export interface Globals {
  readonly isDebug: boolean;
  /** As given; undefined asks for the default. */
  readonly root?: string;
  readonly log?: string;
  readonly logFormat?: "text" | "json";
  readonly cgroupManager: "cgroupfs" | "systemd" | "disabled";
  readonly rootless: "true" | "false" | "auto";
}

/** Tells the person or the log something that is no failure. */
export interface Reporter {
  debug(message: string): void;
  warn(message: string): void;
}

export interface Context extends Reporter {
  readonly host: Host;
  readonly env: Env;
  readonly globals: Globals;
  /** All that the command line knows. */
  readonly table: Table;
  /** The command's own options, by name. */
  readonly values: ReadonlyMap<string, OptionValue>;
  readonly args: readonly string[];
  /** The time of now, RFC 3339 in UTC. */
  readonly now: () => string;
}

export interface Outcome {
  readonly exitCode: number;
  /** For standard output. */
  readonly output?: string;
  /** Reported as if it had been thrown, where another exit code than that of a failure is due. */
  readonly failure?: unknown;
}

/** One command: does its work, then says what to print and how to exit. */
export type Run = (context: Context) => Outcome | Promise<Outcome>;

export const DONE: Outcome = { exitCode: 0 };
