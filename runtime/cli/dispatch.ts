// The argument list -> which command to run, with which options. Pure, but for loading the command's chunk.

import { flagOf, type OptionValue, parseArgs, textOf, usageError } from "./args.ts";
import type { Globals } from "./context.ts";
import { findVerb, GLOBAL_OPTIONS, type Verb } from "./verbs.ts";

/** What the argument list asks for. */
export type Request =
  | { readonly kind: "version" }
  | { readonly kind: "help"; readonly verb?: Verb }
  | { readonly kind: "unknown"; readonly name: string }
  /** Its options are not here yet: {@link parseOptions} goes on with them. */
  | { readonly kind: "late"; readonly verb: Verb; readonly args: readonly string[] }
  | {
      readonly kind: "verb";
      readonly verb: Verb;
      readonly values: ReadonlyMap<string, OptionValue>;
      readonly args: readonly string[];
    };

/** The options before the command, and what follows them. */
export function parseGlobals(argv: readonly string[]): {
  globals: Globals;
  isHelp: boolean;
  isVersion: boolean;
  rest: readonly string[];
} {
  const { values, positionals } = parseArgs(argv, GLOBAL_OPTIONS, "first positional");
  return {
    globals: decodeGlobals(values),
    isHelp: flagOf(values, "help"),
    isVersion: flagOf(values, "version"),
    rest: positionals,
  };
}

/** Which command `rest` names, with its options checked. */
export function parseVerb(rest: readonly string[]): Request {
  const [name, ...args] = rest;
  if (name === undefined || name === "") return { kind: "help" };
  if (name === "help" || name === "h") return helpRequest(args[0]);

  const verb = findVerb(name);
  if (verb === undefined) return { kind: "unknown", name };
  return verb.loadOptions === undefined ? parseOptions(verb, args) : { kind: "late", verb, args };
}

/** The options and arguments of a command, checked. */
export function parseOptions(verb: Verb, args: readonly string[]): Request {
  const { values, positionals } = parseArgs(args, verb.options, verb.optionsEnd);
  if (flagOf(values, "help")) return { kind: "help", verb };
  checkArity(verb, positionals.length);
  return { kind: "verb", verb, values, args: positionals };
}

function helpRequest(name: string | undefined): Request {
  if (name === undefined) return { kind: "help" };
  const verb = findVerb(name);
  if (verb === undefined) return { kind: "unknown", name };
  return verb.loadOptions === undefined
    ? { kind: "help", verb }
    : { kind: "late", verb, args: ["--help"] };
}

function checkArity(verb: Verb, count: number): void {
  const { min, max } = verb.arity;
  if (count >= min && count <= max) return;
  const name = JSON.stringify(verb.name);
  if (min === max) throw usageError(`${name} requires exactly ${min} argument(s), not ${count}`);
  if (count < min) throw usageError(`${name} requires a minimum of ${min} argument(s)`);
  throw usageError(`${name} requires a maximum of ${max} argument(s), not ${count}`);
}

const ROOTLESS_VALUES = new Map<string, Globals["rootless"]>([
  ...["auto"].map((text) => [text, "auto"] as const),
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, "true"] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, "false"] as const),
]);

/** By crun's option or by runc's flag. */
function decodeManager(
  isSystemd: boolean,
  manager = isSystemd ? "systemd" : "cgroupfs",
): Globals["cgroupManager"] {
  if (manager !== "cgroupfs" && manager !== "systemd" && manager !== "disabled") {
    throw usageError(
      `unknown cgroup manager specified: ${manager}: it is cgroupfs, systemd or disabled`,
    );
  }
  if (isSystemd && manager !== "systemd") {
    throw usageError(`--systemd-cgroup and --cgroup-manager ${manager} exclude each other`);
  }
  return manager;
}

function decodeGlobals(values: ReadonlyMap<string, OptionValue>): Globals {
  const root = textOf(values, "root");
  const log = textOf(values, "log");
  const logFormat = textOf(values, "log-format");
  if (logFormat !== undefined && logFormat !== "text" && logFormat !== "json") {
    throw usageError(`invalid log-format: ${logFormat}`);
  }
  const rootless = ROOTLESS_VALUES.get(textOf(values, "rootless") ?? "auto");
  if (rootless === undefined) {
    throw usageError(`invalid value ${JSON.stringify(values.get("rootless"))} for flag -rootless`);
  }
  return {
    isDebug: flagOf(values, "debug"),
    ...(root !== undefined && { root }),
    ...(log !== undefined && { log }),
    ...(logFormat !== undefined && { logFormat }),
    cgroupManager: decodeManager(
      flagOf(values, "systemd-cgroup"),
      textOf(values, "cgroup-manager"),
    ),
    rootless,
  };
}
