// The table of commands -> what may stand where on the command line, for the completion of every shell. Pure.

import { CAPABILITY_NAMES } from "../../../schemas/capability-names.ts";
import { ARCHITECTURES } from "../../seccomp/words.ts";
import type { OptionSpec, OptionsEnd } from "../args.ts";
import { LATE_OPTIONS } from "../late-options.ts";
import { SIGNAL_NAMES } from "../signals.ts";

/** What a word is: looked up when asked, one of a list, or nothing that could be known. */
export type Kind = "file" | "directory" | "container" | "command" | "unknown" | readonly string[];

/** What the table of commands says of one; the table itself comes from the caller, for it knows all chunks. */
interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly operands: string;
  readonly options: readonly OptionSpec[];
  readonly optionsEnd: OptionsEnd;
}

export interface Table {
  readonly globals: readonly OptionSpec[];
  readonly verbs: readonly Verb[];
}

export interface CommandLine {
  readonly globals: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

export interface OptionWords {
  /** With dashes: `--bundle`, `-b`. */
  readonly names: readonly string[];
  readonly help: string;
  /** Of its value; absent where it takes none. */
  readonly takes?: Kind;
  readonly isRepeatable: boolean;
}

export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** In order; the last goes on where `isOpen`. */
  readonly operands: readonly Kind[];
  /** All after the first operand is another program's. */
  readonly endsAtOperand: boolean;
}

const SHELLS = ["bash", "zsh", "fish"];

/** By what values and operands are called in the table. */
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["FILE", "file"],
  ["SOCKET", "file"],
  ["BUNDLE", "directory"],
  ["BUNDLE|PROFILE", "file"],
  ["DIR", "directory"],
  ["CONTAINER", "container"],
  ["disasm|test", ["disasm", "test"]],
  ["ARCH", [...ARCHITECTURES.values()].map(({ name }) => name)],
  ["BOOL", ["true", "false", "auto"]],
  ["CAPABILITY", CAPABILITY_NAMES],
  ["MANAGER", ["cgroupfs", "systemd", "disabled"]],
  ["MODE", ["soft", "full", "strict", "ignore"]],
  ["NAMESPACE", ["network"]],
  ["SIGNAL", SIGNAL_NAMES],
  ["SHELL", SHELLS],
]);

/** What `--format` takes differs. */
const FORMATS: ReadonlyMap<string, readonly string[]> = new Map([
  ["list", ["table", "json"]],
  ["ps", ["table", "json"]],
]);

/** They make the container: its name is new. */
const MAKERS = new Set(["create", "run", "restore"]);

const HELP: CommandWords = {
  name: "help",
  summary: "show help, of trunc or of a command",
  options: [],
  operands: ["command"],
  endsAtOperand: false,
};

export function commandLine({ globals, verbs }: Table): CommandLine {
  return { globals: optionsOf(globals, ""), commands: [...verbs.map(commandWords), HELP] };
}

function commandWords({ name, summary, operands, options, optionsEnd }: Verb): CommandWords {
  return {
    name,
    summary,
    options: optionsOf(LATE_OPTIONS.get(name) ?? options, name),
    operands: operands
      .replace(/[[\]]|\.\.\./g, "")
      .split(" ")
      .filter((word) => word !== "")
      .map((word) => (MAKERS.has(name) ? "unknown" : (KINDS.get(word) ?? "unknown"))),
    endsAtOperand: optionsEnd === "first positional",
  };
}

function optionsOf(options: readonly OptionSpec[], verb: string): OptionWords[] {
  const help: OptionSpec = { name: "help", short: "h", kind: "flag", help: "show help" };
  return [...options.filter(({ isHidden }) => isHidden !== true), help].map((option) => ({
    names: [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])],
    help: option.help,
    ...(option.kind !== "flag" && { takes: kindOf(option.value ?? "", verb) }),
    isRepeatable: option.kind === "list" || option.kind === "counts",
  }));
}

function kindOf(value: string, verb: string): Kind {
  if (value === "FORMAT") return FORMATS.get(verb) ?? ["text", "json"];
  return KINDS.get(value) ?? "unknown";
}
