// dockerd in a box, with its own containerd; and what a feature has of it: the command line, and names of its own.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, run } from "../command.ts";
import { CommandLine, prefixOf, type Served } from "../command-line.ts";
import { Daemon } from "../daemon.ts";
import type { Engine, Place } from "../feature.ts";
import { writeKillable } from "../killable.ts";
import { type Inventory, leftovers, takeInventory } from "../leftovers.ts";

export interface DockerdOptions {
  /** Further arguments. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Tells several dockerd in one box apart. */
  readonly name?: string;
  /** Containers outlive dockerd: the default here. */
  readonly isLiveRestore?: boolean;
}

export class Dockerd implements Engine<Docker>, Served {
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
    return new Docker(this, prefixOf(++this.#sessions, feature));
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
      /^cgroup \S+\/(docker|above|above\/it|above-small)$|^interface (docker(0|_gwbridge)|veth[0-9a-f]{7})$|^mount \S+\/netns\//;
    // What is of the network is dockerd's own: where it was killed it forgets some.
    return leftovers(this.#before, {
      states: [...this.states, "/run/trunc", "/run/runc"],
      isExpected: (line) => expected.test(line),
    });
  }

  log(): string {
    return this.daemon.log();
  }
}

export class Docker extends CommandLine {
  constructor(
    override readonly engine: Dockerd,
    prefix: string,
  ) {
    super(engine, prefix);
  }

  override argv(argv: readonly string[]): string[] {
    return ["docker", ...argv];
  }
}
