// buildah in a box: no server, only its command and files. It makes, starts, asks for and removes a container for each RUN.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ok, until } from "../command.ts";
import { prefixOf } from "../command-line.ts";
import type { Engine, Place } from "../feature.ts";
import { type Inventory, leftovers, takeInventory } from "../leftovers.ts";
import { writeSettings } from "../podman/settings.ts";
import { CommandSession } from "../session.ts";

export class Buildahs implements Engine<Buildah> {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #before: Inventory = takeInventory();
  #sessions = 0;

  constructor(readonly place: Place) {
    this.directory = join(place.directory, "buildah");
    mkdirSync(this.directory);
    this.env = {
      CONTAINERS_CONF: writeSettings(this.directory, place.runtime),
      BUILDAH_RUNTIME: place.runtime.path,
    };
  }

  /** The program and where everything of it is. */
  get command(): string[] {
    const at = (name: string) => join(this.directory, name);
    return [
      ...["buildah", "--root", at("root"), "--runroot", at("runroot")],
      ...["--storage-driver", "overlay"],
    ];
  }

  /** Images by the names that others have for them. */
  async start(images: readonly string[]): Promise<void> {
    for (const image of images) {
      const source = `docker-archive:${join(this.place.images, `${image}.tar`)}`;
      await ok([...this.command, "pull", "--quiet", source], { env: this.env });
    }
  }

  async open(feature: string): Promise<Buildah> {
    return new Buildah(this, prefixOf(++this.#sessions, feature));
  }

  async stop(): Promise<readonly string[]> {
    const all = new Buildah(this, "");
    const left = await all.containers();
    await all.close();
    const found = await leftovers(this.#before, {
      states: ["/run/trunc", "/run/runc", "/run/crun"],
      isExpected: (line) => /^mount \S+\/(root\/overlay|netns)$/.test(line),
    });
    return [...left.map((name) => `container ${name}`), ...found];
  }

  log(): string {
    return "";
  }
}

export class Buildah extends CommandSession {
  constructor(
    override readonly engine: Buildahs,
    prefix: string,
  ) {
    super(engine, prefix);
  }

  override argv(argv: readonly string[]): string[] {
    return [...this.engine.command, ...argv];
  }

  /** A working container of busybox; its name. */
  async from(word: string, image = "busybox"): Promise<string> {
    await this.ok("from", "--pull-never", "--name", this.name(word), image);
    return this.name(word);
  }

  /** A script in a working container that must succeed: what it prints. */
  sh(container: string, flags: readonly string[], script: string): Promise<string> {
    return this.ok("run", ...flags, container, "--", "sh", "-c", script);
  }

  async containers(): Promise<string[]> {
    const list = ["containers", "--all", "--format", "{{.ContainerName}}"];
    const names = await until("a list of containers", async () => {
      const { code, stdout, stderr } = await this.run(list);
      // buildah lists, then reads each: another feature's may be gone by then.
      if (code !== 0 && stderr.includes("container not known")) return null;
      if (code !== 0) throw new Error(`${list.join(" ")}: exit ${code}: ${stderr.trim()}`);
      return stdout.split("\n").filter(Boolean);
    });
    return names.filter((name) => name.startsWith(this.prefix));
  }

  override async close(): Promise<void> {
    await super.close();
    const names = await this.containers();
    if (names.length > 0) await this.ok("rm", ...names);
  }
}
