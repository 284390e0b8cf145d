// One worker's world: directories, bundles, an injector, and the names of the case at hand.

import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bundle } from "../harness/bundle.ts";
import { runtimePath } from "../harness/runtime.ts";
import { type BundleName, makeBundles } from "./bundles.ts";
import { type Injector, startInjector } from "./injector.ts";
import { entriesOf, leftovers, type Places } from "./leftovers.ts";

export interface World {
  readonly injector: Injector;
  readonly bundles: Readonly<Record<BundleName, Bundle>>;
  readonly places: Places;
  readonly pidFile: string;
  /** The runtime's words, `--root` first. */
  command(words: readonly string[]): string[];
  /** Names the next case's container and writes its bundle's config. */
  next(bundle: BundleName): World & { readonly id: string };
  /** The container of the case at hand. */
  current(): string;
  /** Removes by hand what the runtime left, so that the next case is not blamed. */
  sweepUp(): Promise<void>;
  close(): void;
}

export function makeWorld(): World {
  const dir = mkdtempSync(join(tmpdir(), "trunc-faults-"));
  const token = dir.slice(dir.lastIndexOf("/") + 1);
  const stateRoot = join(dir, "state");
  const out = join(dir, "out");
  mkdirSync(stateRoot);
  mkdirSync(out);
  const bundles = makeBundles(dir, token);
  const injector = startInjector();
  const dirs = [out, ...Object.values(bundles).map((bundle) => bundle.dir)];
  let serial = 0;
  const current = () => `${token}-${serial}`;
  const places = { token, stateRoot, kept: entriesOf(dirs) };
  const world: World = {
    injector,
    bundles,
    places,
    pidFile: join(out, "pid"),
    command: (words) => [runtimePath(), "--root", stateRoot, ...words],
    next: (name) => {
      serial += 1;
      const bundle = bundles[name];
      bundle.config.linux.cgroupsPath = `/${current()}`;
      bundle.save();
      return { ...world, id: current() };
    },
    current,
    sweepUp: async () => {
      await injector.end();
      for (const line of leftovers(places)) sweepOne(line, stateRoot);
    },
    close: () => {
      injector.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return world;
}

function sweepOne(line: string, stateRoot: string): void {
  const path = line.slice(line.indexOf(" ") + 1);
  try {
    if (line.startsWith("cgroup ")) rmdirSync(path);
    if (line.startsWith("state ")) rmSync(join(stateRoot, path), { recursive: true, force: true });
    if (line.startsWith("file ")) rmSync(path, { recursive: true, force: true });
  } catch {
    // the next look shows it again
  }
}
