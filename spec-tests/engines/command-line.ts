// What Docker's command line and podman's have in common, as features use it: most of Docker's features are podman's as well.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, ok, type Result, run } from "./command.ts";
import type { Place, Session } from "./feature.ts";
import { Terminal, type TerminalOptions } from "./terminal.ts";

/** What a session needs of the engine that it belongs to. */
export interface Served {
  readonly place: Place;
  /** Its files are in it. */
  readonly directory: string;
  /** What its commands get of environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Directories where states of containers are. */
  readonly states: readonly string[];
}

export abstract class CommandLine implements Session {
  readonly #terminals: Terminal[] = [];

  constructor(
    readonly engine: Served,
    /** Names of containers, images, networks and volumes of this feature start so. */
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

  /** A container in the background; its name. */
  async background(word: string, argv: readonly string[]): Promise<string> {
    await this.ok("run", "--detach", "--name", this.name(word), ...argv);
    return this.name(word);
  }

  /** A script in a busybox container that must succeed: what it prints. */
  sh(flags: readonly string[], script: string): Promise<string> {
    return this.ok("run", "--rm", ...flags, "busybox", "sh", "-c", script);
  }

  /** A container that waits for its end; its name. */
  idle(word: string, flags: readonly string[] = []): Promise<string> {
    return this.background(word, [...flags, "--init", "busybox", "sleep", "1000"]);
  }

  /** A command on a terminal. */
  terminal(argv: readonly string[], options: TerminalOptions = {}): Terminal {
    const terminal = new Terminal(this.argv(argv), { ...options, env: this.engine.env });
    this.#terminals.push(terminal);
    return terminal;
  }

  inspect(name: string, format: string): Promise<string> {
    return this.ok("inspect", "--format", format, name);
  }

  async close(): Promise<void> {
    for (const terminal of this.#terminals) terminal.close();
    const filter = ["--filter", `name=${this.prefix}`, "--quiet"];
    const ids = await this.ok("ps", "--all", ...filter);
    if (ids !== "") await this.ok("rm", "--force", "--volumes", ...ids.split("\n"));
    for (const kind of ["network", "volume"]) {
      const names = (
        await this.ok(kind, "ls", "--filter", `name=${this.prefix || "no-such"}`, "--quiet")
      ).split("\n");
      for (const name of names.filter(Boolean)) await this.run([kind, "rm", name]);
    }
  }
}

/** The prefix of the names of an engine's nth session. */
export function prefixOf(session: number, feature: string): string {
  const word = feature.replaceAll(/[^a-z0-9]+/gi, "-").slice(0, 20);
  return `f${session}-${word.toLowerCase()}-`;
}
