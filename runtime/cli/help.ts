// The table of commands -> help texts. Pure.

import type { OptionSpec } from "./args.ts";
import { HELP_TEXTS } from "./help-texts.ts";
import { nearest } from "./nearest.ts";
import { GLOBAL_OPTIONS, VERBS, type Verb } from "./verbs.ts";

/** Text of `trunc --help`. */
export function generalHelp(): string {
  return sections([
    [
      "",
      "trunc: runs containers to the specification of the Open Container Initiative, as runc does",
    ],
    ["Usage", "  trunc [global options] COMMAND [options] [arguments]"],
    ["Commands", columns(VERBS.map((verb) => [verb.name, verb.summary]))],
    ["Global options", optionLines(GLOBAL_OPTIONS)],
    ["", 'Run "trunc COMMAND --help" for the options of a command.'],
  ]);
}

/** Text of `trunc VERB --help`. */
export function verbHelp(verb: Verb): string {
  return sections([
    ["", `trunc ${verb.name}: ${verb.summary}`],
    ["Usage", `  ${usageLine(verb)}`],
    ["", HELP_TEXTS.get(verb.name) ?? ""],
    ["Options", optionLines(verb.options)],
  ]);
}

/** What is said of a command that there is not, in runc's words and more. */
export function unknownCommand(name: string): string {
  const meant = nearest(
    name,
    VERBS.map((verb) => verb.name),
  );
  const hint = meant === undefined ? "trunc --help lists the commands" : `did you mean "${meant}"?`;
  return `No help topic for '${name}'; ${hint}`;
}

/** `trunc kill [options] CONTAINER [SIGNAL]` */
export function usageLine(verb: Verb): string {
  const options = verb.options.length > 0 ? ["[options]"] : [];
  return ["trunc", verb.name, ...options, verb.operands].filter((word) => word !== "").join(" ");
}

function sections(parts: readonly (readonly [title: string, text: string])[]): string {
  return parts
    .filter(([, text]) => text !== "")
    .map(([title, text]) => (title === "" ? `${text}\n` : `${title}:\n${text}\n`))
    .join("\n");
}

function optionLines(options: readonly OptionSpec[]): string {
  return columns(
    options
      .filter((option) => option.isHidden !== true)
      .map((option) => [optionName(option), option.help]),
  );
}

function optionName(option: OptionSpec): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.value === undefined ? "" : ` ${option.value}`;
  return `${short}--${option.name}${value}`;
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
