// Makes docs/spec-coverage.md: every sentence of the specification that demands something of a runtime, with the tests that
// check it or the reason why none does. `--check` compares instead of writing. Offline: the sentences are kept as hashes.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { CONFIG } from "../spec-tests/coverage/config.ts";
import { CONFIG_LINUX } from "../spec-tests/coverage/config-linux.ts";
import { FEATURES } from "../spec-tests/coverage/features.ts";
import { RUNTIME } from "../spec-tests/coverage/runtime.ts";
import { CHAPTERS, SENTENCES } from "./spec-coverage/files.ts";
import { link } from "./spec-coverage/link.ts";
import { renderCoverage } from "./spec-coverage/render.ts";
import type { Sentence } from "./spec-coverage/sentences.ts";

const OUTPUT = "docs/spec-coverage.md";

const sentences = JSON.parse(readFileSync(SENTENCES, "utf8")) as Sentence[];
const rules = [...RUNTIME, ...CONFIG, ...CONFIG_LINUX, ...FEATURES];
const { linked, problems } = link(sentences, rules, titles());
const missing = linked
  .flatMap(({ unit }) => unit)
  .filter((path) => !existsSync(path))
  .map((path) => `there is no ${path}`);
for (const problem of [...problems, ...new Set(missing)]) console.error(`${OUTPUT}: ${problem}`);
process.exitCode = problems.length + missing.length > 0 ? 1 : 0;

const text = renderCoverage(CHAPTERS, linked);
if (!process.argv.includes("--check")) writeFileSync(OUTPUT, text);
else if (readFileSync(OUTPUT, "utf8") !== text) {
  console.error(`${OUTPUT} is not in step with the tests`);
  process.exitCode = 1;
}

/** `file: title` of every spec test, none of which is run. */
function titles(): string[] {
  const output = execFileSync(process.execPath, ["--import", "tsx", "spec-tests/list.ts"], {
    encoding: "utf8",
  });
  return output.split("\n").filter((line) => line !== "");
}
