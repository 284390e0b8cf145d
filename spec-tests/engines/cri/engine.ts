// containerd with its CRI plugin in a box, as kubelet would drive it; and what a feature has of it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, run, until } from "../command.ts";
import { Daemon } from "../daemon.ts";
import type { Engine, Place } from "../feature.ts";
import { ENGINES } from "../images.ts";
import { writeKillable } from "../killable.ts";
import { type Inventory, leftovers, takeInventory } from "../leftovers.ts";
import { type CriService, connect } from "./client.ts";
import { containerdConfig, NETWORK, PODS } from "./config.ts";
import { Cri } from "./session.ts";

const STATES = "io.containerd.runtime.v2.task/k8s.io";

export class CriServer implements Engine<Cri> {
  readonly daemon: Daemon;
  readonly directory: string;
  readonly socket: string;
  readonly service: CriService;
  /** The runtime behind the handler `killed`: see ../killable.ts. */
  readonly killed: string;
  readonly #before: Inventory = takeInventory();
  #sessions = 0;

  constructor(readonly place: Place) {
    this.directory = join(place.directory, "cri");
    this.socket = join(this.directory, "socket");
    this.killed = join(this.directory, "killed");
    mkdirSync(join(this.directory, "net.d"), { recursive: true });
    const at = (file: string) => join(this.directory, file);
    writeFileSync(at("net.d/10-pods.conflist"), NETWORK);
    writeKillable(this.killed, place.runtime.path);
    const config = containerdConfig({
      directory: this.directory,
      plugins: join(ENGINES, "debian", "usr", "lib", "cni"),
      runtime: place.runtime.path,
      killed: this.killed,
    });
    writeFileSync(at("config.toml"), config);
    this.service = connect(this.socket);
    this.daemon = new Daemon({
      argv: ["containerd", "--config", at("config.toml")],
      log: at("log"),
      isReady: () => this.#isReady(),
    });
  }

  async #isReady(): Promise<boolean> {
    const { conditions } = await this.service.call("Status", {}, 5_000).then(
      ({ status }) => status,
      () => ({ conditions: [] }),
    );
    // Newer ones have a third: that nothing is deprecated.
    const isTrue = (name: string) => conditions.some(({ type, status }) => type === name && status);
    return isTrue("RuntimeReady") && isTrue("NetworkReady");
  }

  async start(images: readonly string[]): Promise<void> {
    await this.daemon.start();
    for (const name of images) {
      await this.ctr("images", "import", join(this.place.images, `${name}.tar`));
      // CRI hears of it by an event of its own.
      const image = { image: `docker.io/library/${name}:latest` };
      const isKnown = async () => (await this.service.call("ImageStatus", { image })).image;
      await until(`the image ${name}`, isKnown);
    }
  }

  /** containerd's own command, on what CRI made. */
  ctr(...argv: string[]): Promise<string> {
    return ok(["ctr", "--address", this.socket, "--namespace", "k8s.io", ...argv]);
  }

  async open(_feature: string): Promise<Cri> {
    return new Cri(this, `f${++this.#sessions}`);
  }

  async stop(): Promise<readonly string[]> {
    const { items } = await this.service.call("ListPodSandbox", {});
    for (const { id } of items) await this.remove(id);
    this.service.close();
    await this.daemon.stop();
    return [...items.map(({ metadata }) => `pod ${metadata.name}`), ...(await this.leftovers())];
  }

  async remove(podSandboxId: string): Promise<void> {
    await this.service.call("StopPodSandbox", { podSandboxId });
    await this.service.call("RemovePodSandbox", { podSandboxId });
  }

  /** Where states of containers and pods are. */
  get states(): string[] {
    const plugin = "io.containerd.grpc.v1.cri";
    return [
      "/run/containerd/runc/k8s.io",
      join(this.directory, "state", STATES),
      ...["root", "state"].flatMap((name) =>
        ["sandboxes", "containers"].map((kind) => join(this.directory, name, plugin, kind)),
      ),
    ];
  }

  leftovers(): Promise<string[]> {
    // The bridge, and the mount that lets network namespaces be seen, are there for the next pod.
    const expected = new RegExp(
      `^cgroup \\S+${PODS}(/f\\d+)?$|^interface cri0$|^mount /run/netns$`,
    );
    return leftovers(this.#before, {
      states: [...this.states, "/run/trunc", "/run/runc", "/run/netns"],
      isExpected: (line) => expected.test(line),
    });
  }

  log(): string {
    return this.daemon.log();
  }

  /** The runtime's own command, on what CRI made. */
  async runtime(...argv: string[]): Promise<string> {
    const root = "/run/containerd/runc/k8s.io";
    return (await run([this.place.runtime.path, "--root", root, ...argv])).stdout;
  }
}
