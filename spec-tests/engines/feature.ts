// What a feature and an engine are. A feature throws where the engine does not do what it should.

import type { Limit } from "./report.ts";

/** What one feature works with: names of its own, and the engine's commands. */
export interface Session {
  /** Removes what the feature made, however it ended. */
  close(): Promise<void>;
}

export interface Feature<S extends Session> {
  /** Its row in the table. Engines that can do the same thing have the same name for it. */
  readonly name: string;
  run(session: S): Promise<void>;
  /** Part of `make test`. */
  readonly isQuick?: boolean;
  /** Nothing else runs meanwhile: it restarts the engine, or counts what there is. */
  readonly isAlone?: boolean;
  readonly timeoutMs?: number;
  /** What runc does wrong here, as its failure shows it: that one is recorded, and no mistake of the test. */
  readonly deviates?: Limit;
}

/** An engine that serves. */
export interface Engine<S extends Session> {
  open(feature: string): Promise<S>;
  /** After the last feature. What it then says is left behind, one line each, fails the row `nothing left`. */
  stop(): Promise<readonly string[]>;
  /** For a failure's sake: the last lines of its log. */
  log(): string;
}

export interface Runtime {
  /** As the engine is to know it: trunc, runc, crun. */
  readonly name: string;
  readonly path: string;
}

/** What an engine gets to start with. All paths are absolute. */
export interface Place {
  /** The box's: gone with it. */
  readonly directory: string;
  readonly runtime: Runtime;
  /** A directory with the images: busybox.tar and debian.tar. */
  readonly images: string;
}

/** One column of the table. */
export interface EngineKind<S extends Session> {
  readonly name: string;
  /** Where its programs are, before the caller's PATH. */
  readonly path: readonly string[];
  /** Debian's packages to unpack, or what makes dist/engines/new: see fetch/. */
  readonly set: "debian" | "new";
  /** Packages for fetch/debian.sh. */
  readonly packages: readonly string[];
  readonly features: readonly Feature<S>[];
  start(place: Place): Promise<Engine<S>>;
}
