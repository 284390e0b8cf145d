// The words of the command line -> completion for fish, by its own complete. Pure.

import type { CommandLine, CommandWords, Kind, OptionWords } from "./words.ts";

export function fishCompletion({ globals, commands }: CommandLine): string {
  return `# fish completion for trunc. Generated from its table of commands. Do not edit.

function __trunc_words # the command and its operands so far, one a line
    set -l skips no
    set -l words (commandline -opc)
    for word in $words[2..]
        if test $skips = yes
            set skips no
            continue
        end
        switch $word
            case ${valueOptions({ globals, commands }).join(" ")}
                set skips yes
            case '-*'
            case '*'
                echo $word
        end
    end
end

function __trunc_needs_command
    test (count (__trunc_words)) -eq 0
end

function __trunc_in # COMMAND
    set -l words (__trunc_words)
    test "$words[1]" = $argv[1]
end

function __trunc_at # COMMAND COUNT: so many operands are there
    set -l words (__trunc_words)
    test "$words[1]" = $argv[1] -a (count $words) -eq (math $argv[2] + 1)
end

function __trunc_containers
    set -l words (commandline -opc)
    set -l root
    for index in (seq (count $words))
        string match -q -- '--root=*' $words[$index]; and set root $words[$index]
        test $words[$index] = --root; and set root $words[$index..(math $index + 1)]
    end
    $words[1] $root list -q 2>/dev/null
end

complete -c trunc -f
${globals.map((option) => optionLine("__trunc_needs_command", option)).join("\n")}

${commands.map((command) => commandLines(command, commands)).join("\n\n")}
`;
}

function commandLines(
  { name, summary, options, operands }: CommandWords,
  commands: readonly CommandWords[],
): string {
  return [
    `complete -c trunc -n __trunc_needs_command -a ${name} -d ${quoted(summary)}`,
    ...options.map((option) => optionLine(`'__trunc_in ${name}'`, option)),
    ...operands.flatMap((kind, count) => {
      const words = kind === "command" ? namesOf(commands) : wordsOf(kind);
      return words === "" ? [] : [`complete -c trunc -n '__trunc_at ${name} ${count}' ${words}`];
    }),
  ].join("\n");
}

function optionLine(condition: string, { names, help, takes }: OptionWords): string {
  const forms = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const value =
    takes === undefined ? "" : ` ${takes === "file" ? "-r" : "-x"} ${wordsOf(takes)}`.trimEnd();
  return `complete -c trunc -n ${condition} ${forms.join(" ")}${value} -d ${quoted(help)}`;
}

function valueOptions({ globals, commands }: CommandLine): string[] {
  const options = [...globals, ...commands.flatMap((command) => command.options)];
  const names = options
    .filter(({ takes }) => takes !== undefined)
    .flatMap((option) => option.names);
  return [...new Set(names)].sort();
}

function wordsOf(kind: Kind): string {
  if (typeof kind !== "string") return `-a ${quoted(kind.join(" "))}`;
  switch (kind) {
    case "file":
      return "-F";
    case "directory":
      return "-a '(__fish_complete_directories)'";
    case "container":
      return "-a '(__trunc_containers)'";
    case "command":
    case "unknown":
      return "";
    default:
      return kind satisfies never;
  }
}

function namesOf(commands: readonly CommandWords[]): string {
  return `-a ${quoted(commands.map(({ name }) => name).join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
