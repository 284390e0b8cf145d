// podman of an ordinary user, in a box: one that the box's /etc knows, with subordinate ids, a home and a runtime directory.

import { appendFileSync, chmodSync, chownSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ok, run } from "../command.ts";
import type { Place } from "../feature.ts";
import { DEBIAN } from "../programs.ts";
import { Podman, Podmans } from "./engine.ts";

export const USER = "tester-of-podman";
export const UID = 4321;
/** Its subordinate ids: 65536 of each kind. */
export const SUBIDS = 500_000;
const RUNTIME_DIRECTORY = `/run/user/${UID}`;

class RootlessPodmans extends Podmans {
  override readonly env: Readonly<Record<string, string>>;
  override readonly states: readonly string[];

  constructor(place: Place, programs: string) {
    super(place, programs);
    this.states = ["trunc", "runc", "crun"].map((name) => join(RUNTIME_DIRECTORY, name));
    const own = (name: string) => {
      const path = join(this.directory, name);
      mkdirSync(path, { recursive: true });
      chownSync(path, UID, UID);
      return path;
    };
    chownSync(this.directory, UID, UID);
    this.env = {
      CONTAINERS_CONF: join(this.directory, "containers.conf"),
      HOME: own("home"),
      USER,
      XDG_RUNTIME_DIR: RUNTIME_DIRECTORY,
      TMPDIR: own("temporary"),
      PATH: `${programs}/usr/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    };
  }

  override get command(): string[] {
    return ["setpriv", "--reuid", USER, "--regid", USER, "--init-groups", ...super.command];
  }

  override session(prefix: string): Podman {
    return new RootlessPodman(this, prefix);
  }

  /** The process that keeps its namespaces stays until told to go. */
  override async leftovers(): Promise<string[]> {
    await ok([...this.command, "system", "migrate"], { env: this.env });
    return await super.leftovers();
  }
}

class RootlessPodman extends Podman {
  override directory(word: string): string {
    const path = super.directory(word);
    chownSync(path, UID, UID);
    return path;
  }
}

/** The engine, and before it the user and what he needs to get at. */
export async function rootless(place: Place): Promise<RootlessPodmans> {
  addUser({ name: USER, uid: UID, home: "/", subids: SUBIDS });
  const programs = await bindPrograms(join(place.directory, "debian"));
  // The repository may be where only root gets.
  const path = join(place.directory, place.runtime.name);
  copyFileSync(place.runtime.path, path);
  await openDevices(join(place.directory, "dev"));
  return new RootlessPodmans({ ...place, runtime: { ...place.runtime, path } }, programs);
}

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  /** The first of 65536 subordinate ids of each kind. */
  readonly subids: number;
}

/** In the box's /etc, with the runtime directory that a login would make. */
export function addUser({ name, uid, home, subids }: User): void {
  appendFileSync("/etc/passwd", `${name}:x:${uid}:${uid}::${home}:/bin/sh\n`);
  appendFileSync("/etc/shadow", `${name}:*:20000:0:99999:7:::\n`);
  appendFileSync("/etc/group", `${name}:x:${uid}:\n`);
  for (const file of ["/etc/subuid", "/etc/subgid"])
    appendFileSync(file, `${name}:${subids}:65536\n`);
  const runtimeDirectory = `/run/user/${uid}`;
  mkdirSync(runtimeDirectory, { recursive: true });
  chownSync(runtimeDirectory, uid, uid);
  chmodSync(runtimeDirectory, 0o700);
}

/** The unpacked packages, where an ordinary user gets at them: the repository may be where only root does. */
export async function bindPrograms(directory: string): Promise<string> {
  mkdirSync(directory);
  await ok(["mount", "--bind", DEBIAN, directory]);
  return directory;
}

/** Those that udev opens to all: for slirp4netns and fuse-overlayfs. */
export async function openDevices(directory: string): Promise<void> {
  mkdirSync(directory);
  for (const [name, minor] of [
    ["net/tun", "200"],
    ["fuse", "229"],
  ] as const) {
    const node = join(directory, name.replace("/", "-"));
    await ok(["mknod", "--mode", "666", node, "c", "10", minor]);
    // A machine may not have it.
    await run(["mount", "--bind", node, `/dev/${name}`]);
  }
}
