// npx tsx spec-tests/fuzz/run.ts [--seconds N] [--seed N] [--only TARGET] [--index N]: odd inputs for everything that reads what
// others wrote. The corpus first, then new inputs until the time is up. Ends with the counts; the exit code is 1 if anything
// was found. The same seed makes the same inputs; each can be made again alone.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commandLines } from "./command-line.ts";
import { inLauncher, inProcess } from "./config.ts";
import { filters, filterTexts } from "./filters.ts";
import { limits } from "./limits.ts";
import { inputRandom } from "./random.ts";
import { stateFiles } from "./state.ts";
import type { Target } from "./target.ts";

const CORPUS = "spec-tests/fuzz/corpus";
const FINDINGS = "dist/fuzz";
/** A target that fails much is not tried for ever. */
const MAX_FINDINGS = 5;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    index: { type: "string" },
  },
});
const seed = Number(values.seed);
const base = mkdtempSync(join(tmpdir(), "trunc-fuzz-"));
process.on("exit", () => rmSync(base, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

let passed = 0;
let failed = 0;
let skipped = 0;

function corpusOf(name: string): Map<string, string> {
  const directory = join(CORPUS, name);
  return new Map(
    readdirSync(directory).map((file) => [file, readFileSync(join(directory, file), "utf8")]),
  );
}

function check(target: Target, input: string): string | null {
  try {
    return target.check(input);
  } catch (error) {
    return `throws ${(error as Error).stack ?? error}`;
  }
}

/** Tells of a finding, and keeps its input. */
function report(target: Target, name: string, what: string, input: string): void {
  failed++;
  mkdirSync(FINDINGS, { recursive: true });
  const path = join(FINDINGS, `${target.name}-${name}`);
  writeFileSync(path, input);
  console.log(`FAILED: ${target.name} ${name}: ${what}`);
  console.log(`  input: ${path}`);
  if (/^\d+$/.test(name)) {
    const again = `--seed ${seed} --only ${target.name} --index ${name}`;
    console.log(`  again: npx tsx spec-tests/fuzz/run.ts ${again}`);
  }
}

function tryCorpus(target: Target): void {
  for (const [name, input] of target.corpus ?? []) {
    const what = check(target, input);
    if (what === null) passed++;
    else report(target, name, what, input);
  }
}

function tryNew(target: Target, until: number): void {
  let index = values.index === undefined ? 0 : Number(values.index);
  let found = 0;
  const first = index;
  do {
    const input = target.make(inputRandom(seed, index), index);
    const what = check(target, input);
    if (what !== null) {
      report(target, String(index), what, input);
      found++;
    }
    index++;
  } while (values.index === undefined && Date.now() < until && found < MAX_FINDINGS);
  if (found === 0) passed++;
  const corpus = target.corpus === undefined ? "" : `${target.corpus.size} kept and `;
  console.log(
    `${target.name}: ${corpus}${index - first} new inputs, ${found} findings (${target.what})`,
  );
}

const directory = join(base, "bundle");
mkdirSync(directory);
const targets: readonly Target[] = [
  limits(directory),
  inProcess(corpusOf("config")),
  inLauncher(corpusOf("config"), directory),
  stateFiles(base, corpusOf("state")),
  commandLines(base, corpusOf("cli")),
  filters(),
  filterTexts(),
].filter(({ name }) => values.only === undefined || values.only === name);

console.log(`fuzz: seed ${seed}, ${values.seconds} s`);
const share =
  (Number(values.seconds) * 1000) / targets.reduce((sum, { weight }) => sum + weight, 0);
for (const target of targets) {
  if (target.missing !== undefined) {
    skipped++;
    console.log(`${target.name}: skipped: ${target.missing}`);
    continue;
  }
  tryCorpus(target);
  if (target.weight > 0) tryNew(target, Date.now() + share * target.weight);
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
