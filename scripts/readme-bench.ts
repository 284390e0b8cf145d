// Puts the result of `make bench` where readers find it: the picture and all tables into docs/, and into README.md
// what `run` and the steps took with Docker's config.

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

const RESULTS = "dist/bench/results.md";
const START = "<!-- bench:start -->\n";
const END = "<!-- bench:end -->";
const SHOWN = /^## docker-(old|new): (run |step by step, wall)/;

const [head = "", ...sections] = readFileSync(RESULTS, "utf8")
  .trim()
  .split(/\n(?=## )/);
const lines = head.trim().split("\n");
const shown = sections.filter((section) => SHOWN.test(section));
if (shown.length === 0) throw new Error(`${RESULTS} has no tables of Docker's configs`);

copyFileSync("dist/bench/bench.svg", "docs/bench.svg");
writeFileSync(
  "docs/bench.md",
  `# What was measured\n\n[How](../bench/README.md).\n\n${list(lines)}\n\n${sections.join("\n")}\n`,
);
const text = [
  '<img src="docs/bench.svg" alt="trunc compared with runc, crun and the floor" width="760">',
  list(lines),
  ...shown.map((section) => section.trim().replace("## ", "### ")),
  "[All tables](docs/bench.md).",
].join("\n\n");
writeFileSync("README.md", replaced(readFileSync("README.md", "utf8"), `${text}\n`));

function list(items: readonly string[]): string {
  return items.map((line) => `- ${line}`).join("\n");
}

function replaced(page: string, inner: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error("README.md has lost its bench marks");
  return page.slice(0, start + START.length) + inner + page.slice(end);
}
