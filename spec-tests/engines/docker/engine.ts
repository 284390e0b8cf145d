// dockerd in a box, with its own containerd; and what a feature has of it: the command line, and names of its own.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, ok, type Result, run } from "../command.ts";
import { Daemon } from "../daemon.ts";
import type { Engine, Place, Session } from "../feature.ts";
import { writeKillable } from "../killable.ts";
import { type Inventory, leftovers, takeInventory } from "../leftovers.ts";
import { Terminal, type TerminalOptions } from "../terminal.ts";

export interface DockerdOptions {
  /** Further arguments. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Tells several dockerd in one box apart. */
  readonly name?: string;
  /** Containers outlive dockerd: the default here. */
  readonly isLiveRestore?: boolean;
}

export class Dockerd implements Engine<Docker> {
  readonly daemon: Daemon;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #before: Inventory = takeInventory();
  #sessions = 0;

  constructor(
    readonly place: Place,
    options: DockerdOptions = {},
  ) {
    this.directory = join(place.directory, options.name ?? "docker");
    mkdirSync(join(this.directory, "bin"), { recursive: true });
    const socket = `unix://${this.directory}/socket`;
    this.env = {
      DOCKER_HOST: socket,
      DOCKER_CONFIG: join(this.directory, "client"),
      DOCKER_BUILDKIT: "0",
    };
    writeFileSync(join(this.directory, "daemon.json"), "{}");
    // The second way to give it a runtime: as `runc`, first in PATH.
    symlinkSync(place.runtime.path, join(this.directory, "bin", "runc"));
    // What `--gpus` makes a prestart hook of, if it is in PATH: it keeps what it is told.
    writeFileSync(
      join(this.directory, "bin", "nvidia-container-runtime-hook"),
      `#!/bin/sh\nread -r state\nid=$(echo "$state" | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')\necho "$state" >"${this.directory}/hook-$id"\n`,
      { mode: 0o755 },
    );
    writeKillable(join(this.directory, "bin", "killed"), place.runtime.path);
    this.daemon = new Daemon({
      argv: ["dockerd", ...this.#arguments(socket, options)],
      log: join(this.directory, "log"),
      env: { PATH: `${this.directory}/bin:${process.env.PATH}`, ...options.env },
      isReady: async () => (await run(["docker", "version"], { env: this.env })).code === 0,
    });
  }

  #arguments(socket: string, { args = [], isLiveRestore = true }: DockerdOptions): string[] {
    const { name, path } = this.place.runtime;
    const own = name === "runc" ? [] : ["--add-runtime", `${name}=${path}`];
    const at = (file: string) => join(this.directory, file);
    return [
      ...["--host", socket, "--config-file", at("daemon.json"), "--pidfile", at("pid")],
      ...["--data-root", at("data"), "--exec-root", at("exec"), "--experimental"],
      ...[...own, "--default-runtime", name, "--add-runtime", `killed=${at("bin/killed")}`],
      ...(isLiveRestore ? ["--live-restore"] : []),
      ...args,
    ];
  }

  async start(images: readonly string[]): Promise<void> {
    await this.daemon.start();
    for (const image of images)
      await ok(["docker", "load", "--input", join(this.place.images, `${image}.tar`)], {
        env: this.env,
      });
  }

  async open(feature: string): Promise<Docker> {
    return new Docker(
      this,
      `f${++this.#sessions}-${feature
        .replaceAll(/[^a-z0-9]+/gi, "-")
        .slice(0, 20)
        .toLowerCase()}-`,
    );
  }

  /** What it runs is removed first: live restore would let it live. */
  async stop(): Promise<readonly string[]> {
    const docker = new Docker(this, "");
    const containers = (await docker.ok("ps", "--all", "--format", "{{.Names}}")).split("\n");
    const left = containers.filter(Boolean).map((name) => `container ${name}`);
    await docker.close();
    await this.daemon.stop();
    return [...left, ...(await this.leftovers())];
  }

  /** Where states of containers are. */
  get states(): string[] {
    // dockerd's own name for its first runtime, whichever is called.
    const states = ["runtime-runc/moby", "containerd/daemon/io.containerd.runtime.v2.task/moby"];
    return states.map((path) => join(this.directory, "exec", path));
  }

  leftovers(): Promise<string[]> {
    const expected =
      /^cgroup \S+\/(docker|above|above\/it)$|^interface docker(0|_gwbridge)$|^mount \S+\/netns\//;
    // A network namespace that is mounted is dockerd's own affair.
    return leftovers(this.#before, {
      states: [...this.states, "/run/trunc", "/run/runc"],
      isExpected: (line) => expected.test(line),
    });
  }

  log(): string {
    return this.daemon.log();
  }
}

export class Docker implements Session {
  readonly #terminals: Terminal[] = [];

  constructor(
    readonly engine: Dockerd,
    /** Names of containers, images, networks and volumes of this feature start so. */
    readonly prefix: string,
  ) {}

  name(word: string): string {
    return `${this.prefix}${word}`;
  }

  /** A directory of the feature's own. */
  directory(word: string): string {
    const path = join(this.engine.directory, "files", this.name(word));
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** A docker command, whatever comes of it. */
  run(argv: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const env = { ...this.engine.env, ...options.env };
    return run(["docker", ...argv], { ...options, env });
  }

  /** A docker command that must succeed: what it prints. */
  ok(...argv: string[]): Promise<string> {
    return ok(["docker", ...argv], { env: this.engine.env });
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

  /** A docker command on a terminal. */
  terminal(argv: readonly string[], options: TerminalOptions = {}): Terminal {
    const terminal = new Terminal(["docker", ...argv], { ...options, env: this.engine.env });
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
