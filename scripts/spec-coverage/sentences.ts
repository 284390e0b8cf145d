// A chapter of the specification -> its sentences that demand something, each with its anchor. Pure.
// What is kept of a sentence is a hash and the words around its first keyword: enough to know it again.

import { createHash } from "node:crypto";

export interface Sentence {
  /** `config.md#mounts`: the file and GitHub's anchor of the heading above. */
  readonly anchor: string;
  /** Of the whole sentence: changes with any word of it. */
  readonly hash: string;
  readonly excerpt: string;
}

const KEYWORD = /\b(?:MUST|SHOULD|REQUIRED|SHALL)\b/;
const BEFORE = 60;
const LENGTH = 110;

export function sentencesOf(file: string, text: string): Sentence[] {
  return blocksOf(text).flatMap(({ anchor, body }) =>
    split(body)
      .filter((sentence) => KEYWORD.test(sentence))
      .map((sentence) => ({
        anchor: anchor === "" ? file : `${file}#${anchor}`,
        hash: createHash("sha256").update(sentence).digest("hex").slice(0, 12),
        excerpt: excerptOf(sentence),
      })),
  );
}

interface Block {
  readonly anchor: string;
  readonly body: string;
}

/** Paragraphs, list items and rows of tables; code is none of these. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let anchor = "";
  let lines: string[] = [];
  const end = () => {
    if (lines.length > 0) blocks.push({ anchor, body: lines.join(" ") });
    lines = [];
  };
  for (const line of text.replace(/^```[\s\S]*?^```/gm, "").split("\n")) {
    const heading = /^#+ (.*)/.exec(line)?.[1];
    if (heading !== undefined) {
      end();
      anchor = anchorOf(heading);
    } else if (line.trim() === "") end();
    else {
      if (/^\s*(?:[*-]|\d+\.)\s|^\s*\||^ `/.test(line)) end();
      lines.push(plain(line));
    }
  }
  end();
  return blocks;
}

/** GitHub's: of the words, without their marks. */
function anchorOf(heading: string): string {
  return plain(heading.replace(/<[^>]*>/g, ""))
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

/** Links as their words, no emphasis, one space between words. */
function plain(line: string): string {
  return line
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
    .replace(/\*\*|(?<=[\s(])\*|\*(?=[\s)])/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

function split(body: string): string[] {
  return body.split(/(?<=\.)\s+(?=[A-Z`(])/);
}

function excerptOf(sentence: string): string {
  const text = sentence.replace(/^(?:[*-]|\d+\.|>) /, "");
  const at = KEYWORD.exec(text)!.index;
  const start = at <= BEFORE ? 0 : text.indexOf(" ", at - BEFORE) + 1;
  const end = start + LENGTH;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}
