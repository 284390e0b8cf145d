// The words of the command line -> completion for bash, which needs nothing beside it. Pure.

import type { CommandLine, CommandWords, Kind, OptionWords } from "./words.ts";

export function bashCompletion({ globals, commands }: CommandLine): string {
  return `# bash completion for trunc. Generated from its table of commands. Do not edit.

_trunc_option() { # COMMAND OPTION: what its value is; fails where it takes none
  case $1:$2 in
${[optionCases("", globals), ...commands.map(({ name, options }) => optionCases(name, options))].filter((text) => text !== "").join("\n")}
  *) return 1 ;;
  esac
}

_trunc_options() { # COMMAND: its options
  case $1 in
${optionLists({ globals, commands })}
  esac
}

_trunc_operand() { # COMMAND COUNT: what comes after so many operands
  case $1:$2 in
${commands.flatMap(operandCases).join("\n")}
  esac
}

_trunc() {
  local words=() word cur option= command= kind= operands=0 root=()
  # bash parts --option=value into three words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if ((\${#words[@]})) && [[ $word == = && \${words[-1]} == --* || \${words[-1]} == --*= ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
  done
  cur=\${words[-1]}
  unset 'words[-1]'

  for word in "\${words[@]}"; do
    if [[ -n $option ]]; then
      [[ $option == --root ]] && root=(--root "$word")
      option=
    elif [[ $word == -* ]] && ! _trunc_is_over; then
      [[ $word == --root=* ]] && root=("$word")
      _trunc_option "$command" "$word" >/dev/null && option=$word
    elif [[ -z $command ]]; then
      command=$word
    else
      operands=$((operands + 1))
    fi
  done

  if [[ -z $option && $cur == --*=* ]]; then
    option=\${cur%%=*}
    cur=\${cur#*=}
  fi
  if [[ -n $option ]]; then
    kind=$(_trunc_option "$command" "$option")
  elif [[ $cur == -* ]]; then
    _trunc_is_over || kind=$(_trunc_options "$command")
  elif [[ -z $command ]]; then
    kind=@command
  else
    kind=$(_trunc_operand "$command" "$operands")
  fi
  _trunc_words "$kind"
}

_trunc_is_over() { # what follows belongs to another program
  case $command in
  ${commands
    .filter(({ endsAtOperand }) => endsAtOperand)
    .map(({ name }) => name)
    .join(" | ")}) ((operands > 0)) ;;
  *) false ;;
  esac
}

_trunc_words() { # KIND: fills COMPREPLY
  local list=$1
  case $1 in
  @file)
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    return
    ;;
  @directory)
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -d -- "$cur")
    return
    ;;
  @container) list=$("\${COMP_WORDS[0]}" "\${root[@]}" list -q 2>/dev/null) ;;
  @command) list='${commands.map(({ name }) => name).join(" ")}' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$list" -- "$cur")
}

complete -F _trunc trunc
`;
}

function optionCases(command: string, options: readonly OptionWords[]): string {
  return options
    .flatMap(({ names, takes }) => {
      if (takes === undefined) return [];
      const labels = names.map((name) => `${command}:${name}`).join(" | ");
      return [`  ${labels}) echo '${wordOf(takes)}' ;;`];
    })
    .join("\n");
}

function optionLists({ globals, commands }: CommandLine): string {
  const list = (name: string, options: readonly OptionWords[]) =>
    `  ${name}) echo '${options.flatMap(({ names }) => names).join(" ")}' ;;`;
  return [list("''", globals), ...commands.map(({ name, options }) => list(name, options))].join(
    "\n",
  );
}

function operandCases({ name, operands }: CommandWords): string[] {
  return operands.map((kind, count) => `  ${name}:${count}) echo '${wordOf(kind)}' ;;`);
}

function wordOf(kind: Kind): string {
  if (typeof kind !== "string") return kind.join(" ");
  return kind === "unknown" ? "" : `@${kind}`;
}
