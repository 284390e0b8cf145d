// Finds the commands in a Markdown file and what it says that they print. Pure.

/** A fenced block of shell commands, and the text block that follows it at once: their output. */
export interface Block {
  /** Of the first command, from 1. */
  readonly line: number;
  readonly commands: string;
  readonly output: string | null;
  /** Why it is not run; from a comment `<!-- not run: REASON -->` before it. */
  readonly skip: string | null;
}

const FENCE = /^```(\w*)$/;
const NOT_RUN = /^<!-- not run: (.+) -->$/;

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split("\n");
  let skip: string | null = null;
  let isAfterCommands = false;
  for (let index = 0; index < lines.length; index++) {
    const text = lines[index]!;
    const language = FENCE.exec(text)?.[1];
    if (language === undefined) {
      skip = NOT_RUN.exec(text)?.[1] ?? (text === "" ? skip : null);
      isAfterCommands &&= text === "";
      continue;
    }
    const end = lines.indexOf("```", index + 1);
    if (end < 0) throw new Error(`line ${index + 1}: the block has no end`);
    const content = lines.slice(index + 1, end).join("\n");
    if (language === "sh") blocks.push({ line: index + 2, commands: content, output: null, skip });
    else if (language === "text" && isAfterCommands)
      blocks.push({ ...blocks.pop()!, output: content });
    isAfterCommands = language === "sh";
    skip = null;
    index = end;
  }
  return blocks;
}

/** True if `actual` is `expected`, where "..." stands for any text: within a line, or alone for any lines. */
export function matches(actual: string, expected: string): boolean {
  const pattern = expected
    .trim()
    .split("\n")
    .map((line) => (line.trim() === "..." ? "(?:.*\n)*?" : `${lineOf(line)}\n`))
    .join("");
  return new RegExp(`^${pattern}$`).test(`${actual.trim()}\n`);
}

function lineOf(line: string): string {
  const parts = line.trimEnd().split("...");
  return `${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".*")}[ \t]*`;
}
