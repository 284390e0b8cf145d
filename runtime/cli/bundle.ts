// A bundle and the options of create, run and explain -> what to create: config, facts, plan. Effects through the host.

import { parseConfig } from "../config/parse.ts";
import type { Config } from "../config/types.ts";
import { configWarnings } from "../config/warnings.ts";
import { describeProblem, RuntimeError } from "../errors.ts";
import { attempt, failedWith } from "../lifecycle/syscall.ts";
import type { Context } from "./context.ts";

/** A config larger than this is a mistake or an attack. */
export const CONFIG_LIMIT = 16 << 20;

export interface Bundle {
  /** Absolute, without links. */
  readonly path: string;
  readonly config: Config;
  /** The text of config.json. */
  readonly text: string;
}

/** Reads and checks a bundle's config. */
export function readBundle(context: Context, path: string): Bundle {
  const { host } = context;
  const bundle = attempt(`use the bundle ${path}`, () => host.realPath(path));
  const { text, hasBigIntegers } = readConfig(context, bundle);
  const config = parseConfig(text, { hasBigIntegers });
  for (const warning of configWarnings(config))
    context.warn(`config.json: ${describeProblem(warning)}`);
  return { path: bundle, config, text };
}

/** The text of the config of a bundle, which is an absolute path. */
export function readConfig(
  { host }: Context,
  bundle: string,
): { text: string; hasBigIntegers: boolean } {
  try {
    return attempt(`read ${bundle}/config.json`, () =>
      host.readText(`${bundle}/config.json`, CONFIG_LIMIT),
    );
  } catch (error) {
    if (!(error instanceof RuntimeError) || !failedWith(error.cause, "ENOENT")) throw error;
    throw new RuntimeError(
      "ERR_CONFIG",
      `JSON specification file config.json not found in ${bundle}`,
      {
        hint: "--bundle names the directory that has it; trunc spec writes one to start from",
        cause: error,
      },
    );
  }
}
