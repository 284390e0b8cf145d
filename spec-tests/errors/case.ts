// The shape of a row in the tables of bad bundles.

import type { Bundle } from "../harness/bundle.ts";
import type { Sandbox } from "../harness/sandbox.ts";
import type { TestOptions } from "../harness/suite.ts";
import type { Config } from "../harness/types.ts";

export interface BadBundle {
  /** How it is broken. */
  readonly what: string;
  readonly edit?: (config: Config, bundle: Bundle, t: Sandbox) => void;
  /** What is done after config.json was written, and to its text. */
  readonly after?: (bundle: Bundle, t: Sandbox) => void;
  /** `run` where the failure comes after create; default create. */
  readonly command?: "create" | "run";
  /** Options before the command. */
  readonly global?: (t: Sandbox) => string[];
  /** What every runtime must say, because engines match on it. */
  readonly says?: readonly RegExp[];
  /** What trunc says besides: place, call, errno, hint. */
  readonly truncSays?: readonly RegExp[];
  /** Default 1. */
  readonly code?: number;
  readonly options?: TestOptions;
}

/** An op that failed in the container or for it: place, call, errno by name, its text. */
export const failed = (place: RegExp | string, errno: string): RegExp => {
  const text = typeof place === "string" ? place.replace(/[[\]()/.]/g, "\\$&") : place.source;
  return new RegExp(`${text}.*: \\w+.*: ${errno} \\([a-z ,/-]+\\)`);
};

/** A config problem: `config.json: /pointer: ...`. */
export const at = (pointer: string): RegExp =>
  new RegExp(`config\\.json: (.*; )?${pointer.replace(/[.[\]]/g, "\\$&")}: `);

/** Sets what the types forbid. */
export function set(config: Config, path: string, value: unknown): void {
  const parts = path.split("/").slice(1);
  let node = config as unknown as Record<string, unknown>;
  for (const part of parts.slice(0, -1)) {
    node[part] ??= {};
    node = node[part] as Record<string, unknown>;
  }
  node[parts.at(-1)!] = value;
}

/** One value that is wrong, and where the message must point. */
export const wrong = (path: string, value: unknown, extra: Partial<BadBundle> = {}): BadBundle => ({
  what: `${path} is ${JSON.stringify(value)}`,
  edit: (config) => set(config, path, value),
  truncSays: [at(path)],
  ...extra,
});

/** What runc takes, warns about or finds only later. */
export const ACCEPTED = { options: { deviates: "does not check it" } };
