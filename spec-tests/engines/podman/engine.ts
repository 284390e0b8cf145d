// podman in a box: no server, only its command, conmon beside each container, and files. What a feature has of it: see command-line.ts.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../command.ts";
import { CommandLine, prefixOf, type Served } from "../command-line.ts";
import type { Engine, Place } from "../feature.ts";
import { writeKillable } from "../killable.ts";
import { type Inventory, leftovers, takeInventory } from "../leftovers.ts";
import { DEBIAN } from "../programs.ts";
import { writeSettings } from "./settings.ts";

/** What containers of podman have in common stays: cgroups, layers, a directory. Of pods, it knows only cgroups of controllers. */
const EXPECTED = new RegExp(
  [
    "^cgroup \\S+/(libpod_parent|above|above/it)(/conmon)?$",
    "^cgroup /sys/fs/cgroup/(systemd|unified)/libpod_parent/[0-9a-f]{64}$",
    "^mount \\S+/(root/overlay|netns)$",
  ].join("|"),
);

export class Podmans implements Engine<Podman>, Served {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** podman gives the runtime no --root. */
  readonly states: readonly string[] = ["/run/trunc", "/run/runc", "/run/crun"];
  readonly #before: Inventory = takeInventory();
  #sessions = 0;

  /** `programs`: where Debian's packages are unpacked. */
  constructor(
    readonly place: Place,
    programs = DEBIAN,
  ) {
    this.directory = join(place.directory, "podman");
    const bin = join(this.directory, "bin");
    mkdirSync(bin, { recursive: true });
    writeKillable(join(bin, "killed"), place.runtime.path);
    this.env = { CONTAINERS_CONF: writeSettings(this.directory, place.runtime, programs) };
  }

  /** The program and where everything of it is. */
  get command(): string[] {
    const at = (name: string) => join(this.directory, name);
    return [
      ...["podman", "--root", at("root"), "--runroot", at("runroot"), "--tmpdir", at("tmp")],
      ...["--network-config-dir", at("networks"), "--storage-driver", "overlay"],
      ...["--cgroup-manager", "cgroupfs", "--events-backend", "file"],
      ...["--hooks-dir", at("hooks"), "--runtime", this.place.runtime.name],
    ];
  }

  async start(images: readonly string[]): Promise<void> {
    for (const image of images) {
      const file = join(this.place.images, `${image}.tar`);
      await ok([...this.command, "load", "--quiet", "--input", file], { env: this.env });
    }
  }

  async open(feature: string): Promise<Podman> {
    return this.session(prefixOf(++this.#sessions, feature));
  }

  session(prefix: string): Podman {
    return new Podman(this, prefix);
  }

  async stop(): Promise<readonly string[]> {
    const all = this.session("");
    const containers = await all.ok("ps", "--all", "--format", "{{.Names}}");
    await all.close();
    const left = containers.split("\n").filter(Boolean);
    return [...left.map((name) => `container ${name}`), ...(await this.leftovers())];
  }

  leftovers(): Promise<string[]> {
    return leftovers(this.#before, {
      states: this.states,
      isExpected: (line) => EXPECTED.test(line),
    });
  }

  /** It has none: what there is to say, its commands say. */
  log(): string {
    return "";
  }
}

export class Podman extends CommandLine {
  constructor(
    override readonly engine: Podmans,
    prefix: string,
  ) {
    super(engine, prefix);
  }

  override argv(argv: readonly string[]): string[] {
    return [...this.engine.command, ...argv];
  }

  /** Pods go with their containers. */
  override async close(): Promise<void> {
    const pods = await this.ok("pod", "ps", "--format", "{{.Name}}");
    const own = pods.split("\n").filter((name) => name !== "" && name.startsWith(this.prefix));
    if (own.length > 0) await this.ok("pod", "rm", "--force", "--time", "0", ...own);
    await super.close();
  }
}
