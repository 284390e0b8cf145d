// The table of commands -> manual pages, in man(7)'s language: trunc(8), and one for each command. Pure.

import type { OptionSpec } from "../../runtime/cli/args.ts";
import { usageLine } from "../../runtime/cli/help.ts";
import { HELP_TEXTS } from "../../runtime/cli/help-texts.ts";
import { GLOBAL_OPTIONS, type Verb } from "../../runtime/cli/verbs.ts";
import { WHOLE_VERBS } from "../../runtime/cli/whole-verbs.ts";

/** Of the pages' last change in substance. */
const DATE = "2026-11-26";

/** By file name. */
export function manualPages(): Map<string, string> {
  return new Map([
    ["trunc.8", generalPage()],
    ...WHOLE_VERBS.map((verb) => [`trunc-${verb.name}.8`, verbPage(verb)] as const),
  ]);
}

function generalPage(): string {
  return page("trunc", "run containers to the specification of the Open Container Initiative", [
    section("SYNOPSIS", [
      ".B trunc",
      "[\\fIglobal options\\fR] \\fICOMMAND\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]",
    ]),
    section("DESCRIPTION", paragraphs(ABOUT)),
    section(
      "COMMANDS",
      WHOLE_VERBS.flatMap(({ name, summary }) => [
        ".TP",
        `.BR trunc\\-${escaped(name)} (8)`,
        line(summary),
      ]),
    ),
    section("GLOBAL OPTIONS", GLOBAL_OPTIONS.flatMap(optionLines)),
    section(
      "EXIT STATUS",
      EXITS.flatMap(([code, text]) => [".TP", `.B ${code}`, line(text)]),
    ),
    section(
      "ENVIRONMENT",
      VARIABLES.flatMap(([name, text]) => [".TP", `.B ${name}`, line(text)]),
    ),
    section(
      "FILES",
      FILES.flatMap(([name, text]) => [".TP", `.I ${escaped(name)}`, line(text)]),
    ),
    section("SEE ALSO", [
      ".BR runc (8),",
      ".BR crun (1),",
      ".UR https://github.com/opencontainers/runtime\\-spec",
      "the runtime specification",
      ".UE",
    ]),
  ]);
}

const ABOUT = `trunc turns a bundle, a directory with a config.json and a root file system, into a process in namespaces, cgroups and
a seccomp filter. It has the command line, the log, the exit codes and the files of runc, in whose place engines call it.

Options may be written with one dash or two, their values after a blank or "=". A lone "--" ends them.`;

const EXITS = [
  [
    "0",
    "All went well. run and exec in the foreground exit with the program's own code, with 128 and the number of the signal that ended it.",
  ],
  ["1", "An error, which the last line of standard error and of the log tells."],
  ["3", "There is no such command."],
  ["255", "exec could not run the program."],
] as const;

const VARIABLES = [
  ["XDG_RUNTIME_DIR", "Where an ordinary user's containers have their state, in trunc/."],
  [
    "NOTIFY_SOCKET",
    "A service manager's socket: readiness of the container's program is passed on to it.",
  ],
  [
    "LISTEN_FDS, LISTEN_PID",
    "Sockets that a service manager opened: they are handed on to the container.",
  ],
] as const;

const FILES = [
  [
    "/run/trunc/ID/state.json",
    "What is known of a container; --root names another directory than /run/trunc.",
  ],
  ["/run/trunc/ID/config.json", "The config as it was when the container was created."],
] as const;

function verbPage(verb: Verb): string {
  const { name, summary, options } = verb;
  const [description, examples] = (HELP_TEXTS.get(name) ?? "").split(/^Examples?: /m);
  return page(`trunc-${name}`, summary, [
    section("SYNOPSIS", [
      `.B ${escaped(usageLine(verb).split(" ").slice(0, 2).join(" "))}`,
      ...operands(verb),
    ]),
    section("DESCRIPTION", paragraphs(description!.trim())),
    ...(options.length > 0 ? [section("OPTIONS", options.flatMap(optionLines))] : []),
    ...(examples !== undefined ? [section("EXAMPLES", exampleLines(examples))] : []),
    section("SEE ALSO", [".BR trunc (8)"]),
  ]);
}

function operands(verb: Verb): string[] {
  const words = usageLine(verb).split(" ").slice(2);
  return words.length === 0 ? [] : [`.I ${escaped(words.join(" "))}`];
}

function exampleLines(text: string): string[] {
  return text
    .trimEnd()
    .split("\n")
    .flatMap((example, index) => [
      ...(index > 0 ? [".PP"] : []),
      ".EX",
      line(`    ${example.trim()}`),
      ".EE",
    ]);
}

function page(name: string, summary: string, sections: readonly string[]): string {
  return [
    '.\\" Generated from the table of commands by scripts/gen-share.ts. Do not edit.',
    `.TH ${name.toUpperCase()} 8 ${DATE} trunc`,
    section("NAME", [`${escaped(name)} \\- ${escaped(summary)}`]),
    ...sections,
    "",
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return [`.SH ${title}`, ...lines].join("\n");
}

function paragraphs(text: string): string[] {
  return text
    .split("\n\n")
    .flatMap((paragraph, index) => [
      ...(index > 0 ? [".PP"] : []),
      ...paragraph.split("\n").map(line),
    ]);
}

function optionLines({ name, short, value, help, isHidden }: OptionSpec): string[] {
  if (isHidden === true) return [];
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
  const forms = names.map((form) => `\\fB${escaped(form)}\\fR`).join(", ");
  const argument = value === undefined ? "" : ` \\fI${escaped(value)}\\fR`;
  return [".TP", forms + argument, line(help)];
}

/** A line of text must not look like a request. */
function line(text: string): string {
  return escaped(text).replace(/^(?=[.'])/, "\\&");
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
}
