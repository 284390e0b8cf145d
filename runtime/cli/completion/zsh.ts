// The words of the command line -> completion for zsh, by its own _arguments. Pure.

import type { CommandLine, CommandWords, Kind, OptionWords } from "./words.ts";

export function zshCompletion({ globals, commands }: CommandLine): string {
  return `#compdef trunc
# zsh completion for trunc. Generated from its table of commands. Do not edit.

_trunc_commands() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join("\n")}
  )
  _describe command commands
}

_trunc_containers() {
  local -a ids=(\${(f)"$(_call_program containers trunc $trunc_root list -q 2>/dev/null)"})
  _wanted containers expl container compadd -a ids
}

_trunc() {
  local curcontext=$curcontext state line
  local -a trunc_root
  typeset -A opt_args
  _arguments -C \\
${globals.map(optionLine).join("\n")}
    '1:command:_trunc_commands' \\
    '*::argument:->argument'
  [[ $state == argument ]] || return
  [[ -n $opt_args[--root] ]] && trunc_root=(--root \${(Q)opt_args[--root]})
  curcontext=\${curcontext%:*:*}:trunc-$words[1]:
  case $words[1] in
${commands.map(commandCase).join("\n")}
  esac
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _trunc "$@"; else compdef _trunc trunc; fi
`;
}

function commandCase({ name, options, operands, endsAtOperand }: CommandWords): string {
  const places = operands.map(
    (kind, index) => `    '${index + 1}:${messageOf(kind)}:${actionOf(kind)}'`,
  );
  const lines = [...options.map((option) => optionLine(option).replace(/ \\$/, "")), ...places];
  // -A: no options after the first operand
  const head = endsAtOperand ? "_arguments -A '-*'" : "_arguments";
  return `  ${name})\n    ${head} \\\n${lines.map((line) => `  ${line}`).join(" \\\n")}\n    ;;`;
}

function optionLine({ names, help, takes, isRepeatable }: OptionWords): string {
  const text = `[${help.replace(/[[\]:]/g, "\\$&")}]`;
  const value = takes === undefined ? "" : `:${messageOf(takes)}:${actionOf(takes)}`;
  const equals = takes === undefined ? "" : "=";
  const [long, short] = names;
  if (short === undefined) {
    return `    ${quoted(`${isRepeatable ? "*" : ""}${long}${equals}${text}${value}`)} \\`;
  }
  const others = isRepeatable ? "*" : `(${names.join(" ")})`;
  return `    ${quoted(others)}{${long}${equals},${short}}${quoted(text + value)} \\`;
}

function messageOf(kind: Kind): string {
  return typeof kind === "string" ? kind : "value";
}

function actionOf(kind: Kind): string {
  if (typeof kind !== "string") return `(${kind.join(" ")})`;
  switch (kind) {
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "container":
      return "_trunc_containers";
    case "command":
      return "_trunc_commands";
    case "unknown":
      return " ";
    default:
      return kind satisfies never;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
