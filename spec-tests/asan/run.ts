// tsx spec-tests/asan/run.ts [--quick] [FILTER...]: the launcher with AddressSanitizer in it (scripts/build-asan.sh) under the
// contract's values, the unit tests of runtime/ and, unless --quick, the spec tests and odd inputs; with a FILTER, under those spec
// tests alone. A report fails even where no test saw it. The last line counts.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addCounts, type Counts, formatCounts } from "../../scripts/tally/counts.ts";
import { runSuite } from "../../scripts/tally/run-suite.ts";
import type { Suite } from "../../scripts/tally/suites.ts";

const TRUNC = { RUNTIME: "dist/asan/trunc", SPEC_SANITIZER: "AddressSanitizer" };
const CONTRACT = "dist/asan/trunc-contract";

const words = process.argv.slice(2);
const isQuick = words.includes("--quick");
const filters = words.filter((word) => word !== "--quick");

const reports = mkdtempSync(join(tmpdir(), "trunc-asan-"));
process.on("exit", () => rmSync(reports, { recursive: true }));
// Tests without root report, too.
chmodSync(reports, 0o1777);

const OPTIONS = [
  // The engine's heap is never freed: the process ends with it.
  "detect_leaks=0",
  // Costs the engine more stack than its limit allows for.
  "detect_stack_use_after_return=0",
  `log_path=${join(reports, "report")}`,
];

const SUITES: readonly Suite[] = [
  {
    name: "values",
    what: "what crosses N-API, with AddressSanitizer",
    command: [CONTRACT, "values"],
    format: "exit",
  },
  {
    name: "unit",
    what: "runtime/ on QuickJS, with AddressSanitizer",
    command: [CONTRACT, "unit"],
    format: "uvu",
  },
  {
    name: "spec",
    what: "the specification on trunc, with AddressSanitizer",
    command: ["node", "--import", "tsx", "spec-tests/run.ts", ...filters],
    env: TRUNC,
    format: "plain",
  },
  {
    name: "fuzz",
    what: "odd inputs for trunc, with AddressSanitizer",
    command: ["node", "--import", "tsx", "spec-tests/fuzz/run.ts", "--seconds", "120"],
    env: TRUNC,
    format: "plain",
  },
];

const all: Counts[] = [];
for (const suite of chosen()) {
  const env = { ...suite.env, ASAN_OPTIONS: OPTIONS.join(":") };
  const { counts } = await runSuite({ ...suite, env }, (text) => process.stdout.write(text));
  all.push(counts);
}
const found = readdirSync(reports);
for (const name of found) console.log(readFileSync(join(reports, name), "utf8"));
all.push({ passed: found.length === 0 ? 1 : 0, failed: found.length, skipped: 0 });

const sum = addCounts(all);
console.log(formatCounts(sum));
process.exitCode = sum.failed > 0 ? 1 : 0;

function chosen(): readonly Suite[] {
  const only = (...names: string[]) => SUITES.filter(({ name }) => names.includes(name));
  if (isQuick) return only("values", "unit");
  return filters.length > 0 ? only("spec") : SUITES;
}
