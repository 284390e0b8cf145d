// CRIU and what goes with it, for the host in memory of testing.ts.

import type { CriuEvent, CriuOptions } from "./host.ts";
import { syscallError, type World } from "./testing.ts";

type Record = (world: World, ...words: (string | number)[]) => void;

/** What CRIU says; an error is thrown. */
export interface CriuScript {
  readonly events: (Partial<CriuEvent> | Error)[];
  /** What it was asked for last. */
  options?: CriuOptions;
}

export const CRIU_VERSION: Partial<CriuEvent> = { kind: "done", version: 31_701 };

/** CRIU's own failure: no call of ours failed. */
export function criuFailure(text: string): Error {
  return Object.assign(syscallError("", "", { text }), { errnoName: "" });
}

const NOTHING: CriuEvent = {
  kind: "notify",
  script: "",
  pid: 0,
  fd: -1,
  version: 0,
  memTrack: false,
  lazyPages: false,
};

export function criuCalls(world: World, record: Record) {
  return {
    openPidfd: (pid: number) => {
      record(world, "openPidfd", pid);
      return 8;
    },
    superviseChild: (pid: number, pidfd: number, options: object) => {
      record(world, "superviseChild", pid, pidfd, JSON.stringify(options));
      world.processes.delete(pid);
      return world.end;
    },
    readLink: (path: string) => world.files.get(path) ?? null,
    resolveIn: (_root: string, path: string) => ({ path, isDir: false }),
    Criu: criuClass(world, record),
  };
}

function criuClass(world: World, record: Record) {
  return class FakeCriu {
    takeEnd = () => 9;
    askVersion = () => record(world, "criu version");
    askFeatures = (memTrack: boolean, lazyPages: boolean) =>
      record(world, "criu features", String(memTrack), String(lazyPages));
    order = (kind: string, options: CriuOptions, images: string, work: string) => {
      world.criu.options = options;
      record(world, "criu order", kind, images, work);
    };
    receive = (): CriuEvent => {
      const next = world.criu.events.shift();
      if (next === undefined) throw new Error("CRIU says no more");
      if (next instanceof Error) throw next;
      return { ...NOTHING, ...next };
    };
    proceed = () => record(world, "criu proceed");
    close = () => record(world, "criu close");
  };
}
