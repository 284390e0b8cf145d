// Runs the commands of README.md, or of the page named, as they stand, one shell for all of them, with the built trunc on PATH. Each
// block must succeed and print what the block below it shows. What they make goes into a temporary directory.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Block, blocksOf, matches } from "./readme/blocks.ts";

const FILE = process.argv[2] ?? "README.md";
const REPOSITORY = process.cwd();
const TIMEOUT_MS = 300_000;

const blocks = blocksOf(readFileSync(FILE, "utf8"));
const runnable = blocks.filter(({ skip }) => skip === null);
const outputs = run(runnable);

let failed = 0;
for (const [index, block] of runnable.entries()) {
  const problem = problemOf(block, outputs[index]);
  console.log(`${problem === null ? "ok  " : "FAIL"} ${FILE}:${block.line}: ${firstLine(block)}`);
  if (problem === null) continue;
  failed++;
  console.log(problem);
}
const skipped = blocks.length - runnable.length;
for (const { line, skip } of blocks)
  if (skip !== null) console.log(`skip ${FILE}:${line}: ${skip}`);
console.log(`${runnable.length - failed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || runnable.length === 0 ? 1 : 0);

/** What each block printed, for those that were reached; the one that failed is the last. */
function run(all: readonly Block[]): { output: string; isDone: boolean }[] {
  const dir = mkdtempSync(join(tmpdir(), "trunc-readme-"));
  const mark = `@@${process.pid}`;
  const script = all.map(({ commands }) => `${commands}\necho '${mark} done'`).join("\n");
  try {
    const { stdout } = spawnSync("bash", ["-euo", "pipefail", "-c", `exec 2>&1\n${script}`], {
      cwd: REPOSITORY,
      env: {
        ...process.env,
        PATH: `${REPOSITORY}/dist/bin:${process.env.PATH}`,
        TMPDIR: dir,
        DESTDIR: process.env.DESTDIR ?? dir,
      },
      encoding: "utf8",
      input: "",
      timeout: TIMEOUT_MS,
    });
    const parts = stdout.split(`${mark} done\n`);
    return parts.map((output, index) => ({ output, isDone: index < parts.length - 1 }));
  } finally {
    removeContainers(dir);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Those that a failing block left. */
function removeContainers(dir: string): void {
  const trunc = (...args: string[]) =>
    spawnSync("dist/bin/trunc", args, { encoding: "utf8" }).stdout;
  const all = JSON.parse(trunc("list", "--format", "json") || "[]") as
    | { id: string; bundle: string }[]
    | null;
  for (const { id, bundle } of all ?? [])
    if (bundle.startsWith(dir)) trunc("delete", "--force", id);
}

function problemOf(
  block: Block,
  result: { output: string; isDone: boolean } | undefined,
): string | null {
  if (result === undefined) return "     not reached";
  if (!result.isDone) return `     a command failed after printing:\n${indent(result.output)}`;
  if (block.output === null || matches(result.output, block.output)) return null;
  return `     printed:\n${indent(result.output)}\n     instead of:\n${indent(block.output)}`;
}

function firstLine({ commands }: Block): string {
  return commands.split("\n")[0] ?? "";
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "       ");
}
