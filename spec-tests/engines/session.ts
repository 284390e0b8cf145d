// What a feature has of any engine that is driven by commands: names, a directory and terminals of its own.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, ok, type Result, run } from "./command.ts";
import type { Session } from "./feature.ts";
import { Terminal, type TerminalOptions } from "./terminal.ts";

/** What a session needs of the engine that it belongs to. */
export interface Commanded {
  /** Its files are in it. */
  readonly directory: string;
  /** What its commands get of environment. */
  readonly env: Readonly<Record<string, string>>;
}

export abstract class CommandSession implements Session {
  readonly #terminals: Terminal[] = [];

  constructor(
    readonly engine: Commanded,
    /** Names of all that the feature makes start so. */
    readonly prefix: string,
  ) {}

  /** The whole command line, the program first. */
  abstract argv(argv: readonly string[]): string[];

  name(word: string): string {
    return `${this.prefix}${word}`;
  }

  /** A directory of the feature's own. */
  directory(word: string): string {
    const path = join(this.engine.directory, "files", this.name(word));
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** A command, whatever comes of it. */
  run(argv: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const env = { ...this.engine.env, ...options.env };
    return run(this.argv(argv), { ...options, env });
  }

  /** A command that must succeed: what it prints. */
  ok(...argv: string[]): Promise<string> {
    return ok(this.argv(argv), { env: this.engine.env });
  }

  /** A command on a terminal. */
  terminal(argv: readonly string[], options: TerminalOptions = {}): Terminal {
    const terminal = new Terminal(this.argv(argv), { ...options, env: this.engine.env });
    this.#terminals.push(terminal);
    return terminal;
  }

  async close(): Promise<void> {
    for (const terminal of this.#terminals) terminal.close();
  }
}
