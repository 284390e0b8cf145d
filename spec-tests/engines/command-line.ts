// What Docker's command line and podman's have in common, as features use it: most of Docker's features are podman's as well.

import type { Place } from "./feature.ts";
import { type Commanded, CommandSession } from "./session.ts";

/** What a session needs of the engine that it belongs to. */
export interface Served extends Commanded {
  readonly place: Place;
  readonly env: Readonly<Record<string, string>>;
  /** Directories where states of containers are. */
  readonly states: readonly string[];
}

export abstract class CommandLine extends CommandSession {
  constructor(
    override readonly engine: Served,
    prefix: string,
  ) {
    super(engine, prefix);
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

  inspect(name: string, format: string): Promise<string> {
    return this.ok("inspect", "--format", format, name);
  }

  override async close(): Promise<void> {
    await super.close();
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
