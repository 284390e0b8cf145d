// Checks that what the documents name is there: files of the tree in backticks, link targets, make targets.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What starts like this and is in backticks is a path from the top of the repository. */
const TOP = /^(?:runtime|native|schemas|scripts|spec-tests|bench|docs|patches|\.ci)\//;
const MADE = ["dist/", "docs/bench."];

const pages = [
  ...["README.md", "CHANGELOG.md", "bench/README.md"],
  ...["", "engines/", "vm/"].map((folder) => `spec-tests/${folder}README.md`),
  ...readdirSync("docs").map((name) => `docs/${name}`),
].filter((path) => path.endsWith(".md") && existsSync(path));
const targets = new Set(
  [...readFileSync("Makefile", "utf8").matchAll(/^([a-z-]+):/gm)].map((match) => match[1]),
);

const breaches: string[] = [];
for (const page of pages) checkPage(page, readFileSync(page, "utf8"));
for (const breach of breaches) console.error(breach);
console.log(`docs: ${pages.length} pages, ${breaches.length} breaches`);
process.exitCode = breaches.length > 0 ? 1 : 0;

function checkPage(page: string, text: string): void {
  for (const [, code] of text.matchAll(/`([^`\n]+)`/g)) {
    if (TOP.test(code!) && !/[ *<{]/.test(code!)) mustExist(page, code!);
    const target = /^make ([a-z-]+)$/.exec(code!)?.[1];
    if (target !== undefined && !targets.has(target))
      breaches.push(`${page}: there is no \`make ${target}\``);
  }
  for (const [, markdown, html] of text.matchAll(/\]\(([^)#\s]+)|\bsrc="([^"]+)"/g)) {
    const link = markdown ?? html!;
    if (!/^[a-z]+:/.test(link)) mustExist(page, join(dirname(page), link));
  }
}

function mustExist(page: string, path: string): void {
  if (existsSync(path) || existsSync(`${path}.test.ts`)) return;
  if (MADE.some((prefix) => path.startsWith(prefix)) && !path.endsWith(".md")) return;
  breaches.push(`${page}: there is no ${path}`);
}
