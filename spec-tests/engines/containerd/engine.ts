// containerd in a box; and what a feature has of it: ctr, and names of its own.

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, run } from "../command.ts";
import { Daemon } from "../daemon.ts";
import type { Engine, Place } from "../feature.ts";
import { writeKillable } from "../killable.ts";
import { type Inventory, leftovers, takeInventory } from "../leftovers.ts";
import { CommandSession } from "../session.ts";

export const BUSYBOX = "docker.io/library/busybox:latest";

export class Containerd implements Engine<Ctr> {
  readonly daemon: Daemon;
  readonly directory: string;
  readonly env = {};
  readonly socket: string;
  readonly #before: Inventory = takeInventory();
  #sessions = 0;

  constructor(readonly place: Place) {
    this.directory = join(place.directory, "containerd");
    this.socket = join(this.directory, "socket");
    mkdirSync(join(this.directory, "bin"), { recursive: true });
    const at = (file: string) => join(this.directory, file);
    // The shim runs `runc` where nobody names another program: first in PATH, it is ours.
    symlinkSync(place.runtime.path, at("bin/runc"));
    writeKillable(this.killed, place.runtime.path);
    // CRI is a column of its own.
    writeFileSync(
      at("config.toml"),
      `version = 2\nroot = "${at("root")}"\nstate = "${at("state")}"\ndisabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]\n[grpc]\naddress = "${this.socket}"\n`,
    );
    this.daemon = new Daemon({
      argv: ["containerd", "--config", at("config.toml")],
      log: at("log"),
      env: { PATH: `${at("bin")}:${process.env.PATH}` },
      isReady: async () => (await run(["ctr", "--address", this.socket, "version"])).code === 0,
    });
  }

  async start(images: readonly string[]): Promise<void> {
    await this.daemon.start();
    for (const image of images)
      await ok([
        ...["ctr", "--address", this.socket, "images", "import"],
        join(this.place.images, `${image}.tar`),
      ]);
  }

  async open(_feature: string): Promise<Ctr> {
    return new Ctr(this, `f${++this.#sessions}-`);
  }

  async stop(): Promise<readonly string[]> {
    const all = new Ctr(this, "");
    const left = (await all.containers()).map((name) => `container ${name}`);
    await all.close();
    await this.daemon.stop();
    return [...left, ...(await this.leftovers())];
  }

  /** A stand-in for the runtime: see ../killable.ts. */
  get killed(): string {
    return join(this.directory, "bin", "killed");
  }

  /** Where states of containers are, and bundles, of one of containerd's namespaces. */
  states(namespace = "default"): readonly [root: string, bundles: string] {
    const tasks = join(this.directory, "state", "io.containerd.runtime.v2.task");
    return [`/run/containerd/runc/${namespace}`, join(tasks, namespace)];
  }

  leftovers(): Promise<string[]> {
    return leftovers(this.#before, {
      states: [...this.states(), ...this.states("other"), "/run/trunc", "/run/runc"],
      // What was named as a parent is not the container's to remove.
      isExpected: (line) => /^cgroup \S+\/(default|other|above)$/.test(line),
    });
  }

  log(): string {
    return this.daemon.log();
  }
}

export class Ctr extends CommandSession {
  #execs = 0;

  constructor(
    override readonly engine: Containerd,
    prefix: string,
  ) {
    super(engine, prefix);
  }

  override argv(argv: readonly string[]): string[] {
    return ["ctr", "--address", this.engine.socket, ...argv];
  }

  /** `ctr run` with the runtime as BinaryName. */
  runArguments(word: string, flags: readonly string[], argv: readonly string[]): string[] {
    const runtime = ["--runc-binary", this.engine.place.runtime.path];
    return ["run", ...runtime, ...flags, BUSYBOX, this.name(word), ...argv];
  }

  /** A script in a container that must succeed: what it prints. */
  sh(flags: readonly string[], script: string): Promise<string> {
    const word = `once${++this.#execs}`;
    return this.printed(this.runArguments(word, ["--rm", ...flags], ["sh", "-c", script]));
  }

  /**
   * `ctr run ...` that must succeed: what it prints, on its way through a file. ctr's own copies are cancelled where a program
   * ends before ctr, on a busy machine, has opened its pipes.
   */
  async printed([verb, ...rest]: readonly string[]): Promise<string> {
    const file = this.logOf(this.name(`printed${++this.#execs}`));
    await this.ok(verb!, "--log-uri", `file://${file}`, ...rest);
    return (existsSync(file) ? readFileSync(file, "utf8") : "").replace(/\n$/, "");
  }

  /** A container in the background; its name. What it prints is in the file `log(name)`. */
  async background(
    word: string,
    flags: readonly string[],
    argv: readonly string[],
  ): Promise<string> {
    const name = this.name(word);
    const output = ["--detach", "--log-uri", `file://${this.logOf(name)}`];
    await this.ok(...this.runArguments(word, [...output, ...flags], argv));
    return name;
  }

  logOf(name: string): string {
    return join(this.engine.directory, `${name}.log`);
  }

  /** A container that waits for its end; its name. */
  idle(word: string, flags: readonly string[] = []): Promise<string> {
    return this.background(word, flags, ["sleep", "1000"]);
  }

  /** The arguments of an exec. */
  execArguments(name: string, flags: readonly string[], argv: readonly string[]): string[] {
    return ["tasks", "exec", "--exec-id", `e${++this.#execs}`, ...flags, name, ...argv];
  }

  exec(name: string, ...argv: string[]): Promise<string> {
    return this.ok(...this.execArguments(name, [], argv));
  }

  /** RUNNING, STOPPED, PAUSED and the process, null without a task. */
  async task(name: string): Promise<{ status: string; pid: number } | null> {
    const line = (await this.ok("tasks", "ls"))
      .split("\n")
      .find((text) => text.split(/\s+/)[0] === name);
    const [, pid, status] = line?.split(/\s+/) ?? [];
    return status === undefined ? null : { status, pid: Number(pid) };
  }

  async containers(): Promise<string[]> {
    const names = (await this.ok("containers", "ls", "--quiet")).split("\n").filter(Boolean);
    return names.filter((name) => name.startsWith(this.prefix));
  }

  override async close(): Promise<void> {
    await super.close();
    for (const name of await this.containers()) {
      await this.run(["tasks", "rm", "--force", name]);
      await this.ok("containers", "rm", name);
    }
  }
}
