// What the options of `checkpoint` and `restore` ask of CRIU. Types, and the words that they take.

/** `criu_cg_mode` of CRIU's protocol; without a word it is CRIU's default, "soft". */
export const CGROUP_MODES: ReadonlyMap<string, number> = new Map([
  ["ignore", 0],
  ["soft", 3],
  ["full", 4],
  ["strict", 5],
  ["", 6],
]);

export interface PageServer {
  readonly address: string;
  readonly port: number;
}

/** What both commands take. */
export interface Wishes {
  readonly tcpEstablished: boolean;
  readonly extUnixSk: boolean;
  readonly shellJob: boolean;
  readonly fileLocks: boolean;
  readonly autoDedup: boolean;
  readonly lazyPages: boolean;
  /** One of {@link CGROUP_MODES}. */
  readonly cgroupsMode: number;
}

export interface DumpWishes extends Wishes {
  readonly leaveRunning: boolean;
  readonly preDump: boolean;
  readonly tcpSkipInFlight: boolean;
  readonly linkRemap: boolean;
  /** Relative to the images. */
  readonly parentPath?: string;
  readonly pageServer?: PageServer;
}

export interface RestoreWishes extends Wishes {
  /** `TYPE:NAME` */
  readonly lsmProfile?: string;
  readonly lsmMountContext?: string;
}
