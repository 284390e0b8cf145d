// In a box: puts load on one engine with one runtime. Use, by load.ts:
// inside.ts ENGINE RUNTIME=/PATH IMAGES RESULT PARALLEL SEQUENCE EXECS

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUSYBOX, Containerd } from "../containerd/engine.ts";
import { Dockerd } from "../docker/engine.ts";
import type { Place } from "../feature.ts";
import { KINDS } from "../kinds.ts";
import { dockerApi } from "./docker-api.ts";
import { type Measured, type Phase, phase } from "./measure.ts";

/** What load needs of an engine. `word` names the container. */
interface Load {
  start(word: string): Promise<unknown>;
  exec(word: string): Promise<unknown>;
  remove(word: string): Promise<unknown>;
  /** A container from its start to its removal. */
  once(word: string): Promise<unknown>;
  stop(): Promise<readonly string[]>;
}

const [engine, runtimeWord, images, resultFile, ...sizes] = process.argv.slice(2);
const [parallel, sequence, execs] = sizes.map(Number) as [number, number, number];
const kind = KINDS.find(({ name }) => name === engine)!;
const [name, path] = runtimeWord!.split("=");
const place: Place = {
  directory: join(process.env.BOX_DIRECTORY!, "engine"),
  runtime: { name: name!, path: path! },
  images: images!,
};
mkdirSync(place.directory);
process.env.PATH = [...kind.path, process.env.PATH].join(":");

const phases: Phase[] = [];
const failed: string[] = [];
const load = engine === "docker" ? await dockerLoad() : await containerdLoad();
try {
  await work();
} catch (error) {
  failed.push((error as Error).message);
}
failed.push(...(await load.stop()));
const result: Measured = { engine: engine!, runtime: name!, phases, failed };
writeFileSync(resultFile!, JSON.stringify(result));

async function work(): Promise<void> {
  const words = Array.from({ length: parallel }, (_, index) => `many${index}`);
  const chosen = Array.from({ length: execs }, (_, index) => words[index % words.length]!);
  await load.once("warm");
  phases.push(
    await phase("started at once", parallel, async () => {
      await Promise.all(words.map(load.start));
    }),
  );
  phases.push(await phase("execs, ten at a time", execs, () => tenAtATime(chosen, load.exec)));
  // all at once, dockerd 20.10 locks itself up (libnetwork's unWatchSvcRecord)
  phases.push(
    await phase("removed, ten at a time", parallel, () => tenAtATime(words, load.remove)),
  );
  phases.push(
    await phase("run in sequence", sequence, async () => {
      for (let index = 0; index < sequence; index++) await load.once(`one${index}`);
    }),
  );
}

async function tenAtATime(
  words: readonly string[],
  body: (word: string) => Promise<unknown>,
): Promise<void> {
  const queue = [...words];
  const lanes = Array.from({ length: 10 }, async () => {
    for (let word = queue.pop(); word !== undefined; word = queue.pop()) await body(word);
  });
  await Promise.all(lanes);
}

async function dockerLoad(): Promise<Load> {
  const dockerd = new Dockerd(place);
  await dockerd.start(["busybox"]);
  const api = dockerApi(join(dockerd.directory, "socket"));
  const create = async (word: string, Cmd: string[]) => {
    const HostConfig = { NetworkMode: "none" };
    await api("POST", `/containers/create?name=${word}`, { Image: "busybox", Cmd, HostConfig });
    await api("POST", `/containers/${word}/start`);
  };
  const remove = (word: string) => api("DELETE", `/containers/${word}?force=1`);
  return {
    start: (word) => create(word, ["sleep", "10000"]),
    remove,
    exec: async (word) => {
      const options = { AttachStdout: true, Cmd: ["echo", "hello"] };
      const { Id } = (await api("POST", `/containers/${word}/exec`, options)) as { Id: string };
      await api("POST", `/exec/${Id}/start`, { Detach: false });
    },
    once: async (word) => {
      await create(word, ["true"]);
      await api("POST", `/containers/${word}/wait`);
      await remove(word);
    },
    stop: () => dockerd.stop(),
  };
}

async function containerdLoad(): Promise<Load> {
  const containerd = new Containerd(place);
  await containerd.start(["busybox"]);
  const ctr = await containerd.open("load");
  const runtime = ["--runc-binary", place.runtime.path, "--null-io"];
  return {
    start: (word) => ctr.ok("run", "--detach", ...runtime, BUSYBOX, word, "sleep", "10000"),
    exec: (word) => ctr.exec(word, "echo", "hello"),
    remove: async (word) => {
      await ctr.ok("tasks", "rm", "--force", word);
      await ctr.ok("containers", "rm", word);
    },
    once: (word) => ctr.ok("run", "--rm", ...runtime, BUSYBOX, word, "true"),
    stop: () => containerd.stop(),
  };
}
