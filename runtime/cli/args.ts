// An argument list -> option values and positionals, by a table of options. Pure.
// The rules are those of Go's flag package, which runc's callers rely on: one or two dashes, `--name=value` or
// `--name value`, `--flag=false`, `--` ends the options, a repeated option's last value counts.

import { RuntimeError } from "../errors.ts";

/** "flag" is a boolean, "text" takes a string, "count" an integer, "list" and "counts" one each time that it is given. */
export type OptionKind = "flag" | "text" | "count" | "list" | "counts";

export interface OptionSpec {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  readonly kind: OptionKind;
  /** What the value is called in help texts. */
  readonly value?: string;
  readonly help: string;
  /** Accepted, but not shown. */
  readonly isHidden?: true;
}

export type OptionValue = boolean | string | number | readonly string[];

export interface Parsed {
  /** By name; what was not given is absent. */
  readonly values: ReadonlyMap<string, OptionValue>;
  readonly positionals: readonly string[];
}

/**
 * Where the options of a list end: at its first positional, or only at `--`. With "known only" what looks like an option
 * is one after the first positional only where it is known: `kill ID -9` has no option, `kill ID --all` has one.
 */
export type OptionsEnd = "first positional" | "separator" | "known only";

/** Splits `args` by `specs`; `-h` and `--help` are options of everything. */
export function parseArgs(
  args: readonly string[],
  specs: readonly OptionSpec[],
  end: OptionsEnd,
): Parsed {
  const values = new Map<string, OptionValue>();
  const positionals: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    if (argument === "--")
      return { values, positionals: [...positionals, ...args.slice(index + 1)] };
    if (!isOption(argument) || (end === "known only" && !mayBegin(argument, positionals, specs))) {
      if (end === "first positional") return { values, positionals: args.slice(index) };
      positionals.push(argument);
      continue;
    }
    const { name, value } = splitOption(argument);
    const spec = findSpec(name, specs);
    if (spec.kind === "flag") {
      values.set(spec.name, value === undefined ? true : parseFlag(value, name));
      continue;
    }
    const text = value ?? args[++index];
    if (text === undefined) throw usageError(`flag needs an argument: -${name}`);
    values.set(spec.name, decode(spec, name, text, values));
  }
  return { values, positionals };
}

function decode(
  { kind, name: key }: OptionSpec,
  name: string,
  text: string,
  values: ReadonlyMap<string, OptionValue>,
): OptionValue {
  if (kind === "counts") parseDecimal(text, name);
  if (kind === "list" || kind === "counts") return [...listOf(values, key), text];
  return kind === "count" ? parseCount(text, name) : text;
}

/** Whether a flag was given and not as `--flag=false`. */
export function flagOf(values: ReadonlyMap<string, OptionValue>, name: string): boolean {
  return values.get(name) === true;
}

/** The text given for an option; an empty one counts as not given, as in runc. */
export function textOf(values: ReadonlyMap<string, OptionValue>, name: string): string | undefined {
  const value = values.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The format asked for: the table unless one was given, which must be one of these two. */
export function formatOf(values: ReadonlyMap<string, OptionValue>): "table" | "json" {
  const format = values.get("format") ?? "table";
  if (format === "table" || format === "json") return format;
  throw usageError(`invalid format option: ${format || "none"}`);
}

/** The number given for an option, else 0. */
export function countOf(values: ReadonlyMap<string, OptionValue>, name: string): number {
  const value = values.get(name);
  return typeof value === "number" ? value : 0;
}

/** What was given for an option that may be repeated, in order; commas are part of a value. */
export function listOf(values: ReadonlyMap<string, OptionValue>, name: string): readonly string[] {
  const value = values.get(name);
  return typeof value === "object" ? value : [];
}

/** A flag that there is not; which one was meant is only looked for when it is told. */
export class UnknownFlag extends RuntimeError {
  readonly flag: string;
  readonly among: readonly string[];

  constructor(flag: string, specs: readonly OptionSpec[]) {
    super("ERR_USAGE", `flag provided but not defined: -${flag}`);
    this.flag = flag;
    this.among = specs.filter(({ isHidden }) => isHidden !== true).map(({ name }) => name);
  }
}

/** A misuse of the command line. */
export function usageError(message: string): RuntimeError {
  return new RuntimeError("ERR_USAGE", message);
}

const HELP: OptionSpec = { name: "help", short: "h", kind: "flag", help: "show help" };

/** A lone dash is a positional, by custom standard input. */
function isOption(argument: string): boolean {
  return argument.length > 1 && argument.startsWith("-");
}

function mayBegin(
  argument: string,
  positionals: readonly string[],
  specs: readonly OptionSpec[],
): boolean {
  if (positionals.length === 0) return true;
  const name = argument.replace(/^--?/, "").replace(/=.*$/s, "");
  return known(name, specs) !== undefined;
}

function splitOption(argument: string): { name: string; value?: string } {
  const text = argument.slice(argument.startsWith("--") ? 2 : 1);
  if (text === "" || text.startsWith("-") || text.startsWith("=")) {
    throw usageError(`bad flag syntax: ${argument}`);
  }
  const cut = text.indexOf("=");
  return cut < 0 ? { name: text } : { name: text.slice(0, cut), value: text.slice(cut + 1) };
}

function findSpec(name: string, specs: readonly OptionSpec[]): OptionSpec {
  const spec = known(name, specs);
  if (spec === undefined) throw new UnknownFlag(name, specs);
  return spec;
}

function known(name: string, specs: readonly OptionSpec[]): OptionSpec | undefined {
  return [...specs, HELP].find((spec) => spec.name === name || spec.short === name);
}

const FLAG_VALUES = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

function parseFlag(text: string, name: string): boolean {
  const value = FLAG_VALUES.get(text);
  if (value === undefined) {
    throw usageError(`invalid boolean value ${JSON.stringify(text)} for -${name}: parse error`);
  }
  return value;
}

/** Go reads the numbers of a list in base ten alone. */
function parseDecimal(text: string, name: string): void {
  if (!/^[+-]?\d+$/.test(text)) {
    throw usageError(`invalid value ${JSON.stringify(text)} for flag -${name}: parse error`);
  }
}

function parseCount(text: string, name: string): number {
  const value = /^[+-]?(\d+|0x[\da-f]+|0b[01]+|0o[0-7]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw usageError(`invalid value ${JSON.stringify(text)} for flag -${name}: parse error`);
  }
  return value;
}
