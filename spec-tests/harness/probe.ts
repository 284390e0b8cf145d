// Runs the probe in a container of its own and types what it prints.

import { args, type Edit } from "./bundle.ts";
import type { CallOptions } from "./call.ts";
import { succeeded } from "./container.ts";
import type { Sandbox } from "./sandbox.ts";
import type { CapabilitySet } from "./types.ts";

export interface Info {
  readonly pid: number;
  readonly sid: number;
  readonly cwd: string | null;
  readonly env: string[];
  readonly umask: number;
  readonly uid: number[];
  readonly gid: number[];
  readonly groups: number[];
  readonly capabilities: Record<CapabilitySet, number[]>;
  readonly noNewPrivileges: number;
  readonly securebits: number;
  readonly dumpable: number;
  readonly keepCaps: number;
  readonly parentDeathSignal: number;
  readonly rlimits: Record<string, [soft: string, hard: string]>;
  readonly scheduler: Record<
    "policy" | "flags" | "nice" | "priority" | "runtime" | "deadline" | "period",
    number
  >;
  readonly ioPriority: { class: number; data: number };
  readonly affinity: number[];
  readonly memoryPolicy: { mode: number; nodes: number };
  readonly personality: number;
  readonly oomScoreAdj: string | null;
  readonly keyring: string | null;
  readonly signals: { blocked: number[]; ignored: number[] };
  readonly namespaces: Record<string, string>;
  readonly hostname: string;
  readonly domainname: string;
  readonly machine: string;
  readonly uidMap: string[];
  readonly gidMap: string[];
  readonly setgroups: string | null;
  readonly timeOffsets: string[];
  readonly cgroup: string[];
  readonly monotonic: number;
  readonly boottime: number;
  readonly mountinfo: string[];
  readonly fds: Record<string, string>;
  readonly terminal: Record<string, number | string>;
}

/** How an act of the probe ended. */
export interface Act {
  readonly ret: number;
  readonly errno?: string;
}

export interface Stat {
  readonly path: string;
  readonly errno?: string;
  readonly type?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly size?: number;
  readonly major?: number;
  readonly minor?: number;
  readonly target?: string;
}

/** `run` of a bundle whose process is `probe ARGV`; returns its JSON. */
export async function ask<T>(
  t: Sandbox,
  argv: readonly string[],
  edit?: Edit,
  options?: CallOptions,
): Promise<T> {
  const bundle = t.bundle((config, made) => {
    args(config, ...argv);
    edit?.(config, made);
  });
  const { stdout } = succeeded("run", await t.run(bundle, [], options));
  return parse<T>(stdout);
}

/** Everything the probe sees of itself. */
export function info(t: Sandbox, edit?: Edit, options?: CallOptions): Promise<Info> {
  return ask<Info>(t, ["info"], edit, options);
}

export function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Error(`the probe printed no JSON: ${text.slice(0, 500)}`);
  }
}
