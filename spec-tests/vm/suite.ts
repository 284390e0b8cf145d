// `npx tsx spec-tests/vm/suite.ts [--all | FILTER...]`: spec tests in two machines at once, since an emulated one uses little
// more than one CPU. Without arguments: those that need a machine of this kind. $RUNTIME as for run.ts.
// The last line counts; the exit code judges.

import { execFileSync, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import {
  addCounts,
  type Counts,
  countsOf,
  formatCounts,
  judge,
} from "../../scripts/tally/counts.ts";
import { weakHost, weakInit } from "../attacks/weak.ts";
import { HERE as SPEC_TESTS, testFiles } from "../files.ts";
import { probePath } from "../harness/build.ts";
import { HERE, REPOSITORY } from "./cache.ts";

/** What a host without systemd, with hierarchies of v1, or with a kernel that its CRIU does not know can't show. */
const SELECTED = ["runtime/systemd", "config-linux/cgroups", "runtime/checkpoint", "denied/nested"];

const MACHINES = 2;
const TIMEOUT_S = 7200;

async function main(args: readonly string[]): Promise<void> {
  execFileSync(join(HERE, "build"), { stdio: "inherit" });
  const filters = args.length === 0 ? SELECTED : args.filter((word) => word !== "--all");
  const files = testFiles(filters);
  // there is no compiler in the machine
  probePath();
  if (files.some((path) => path.includes("/attacks/")))
    for (const build of [weakInit, weakHost]) build();
  const groups = dealt(files);
  const all = addCounts(await Promise.all(groups.map(runGroup)));
  process.stdout.write(`${formatCounts(all)}\n`);
  if (all.failed > 0 || all.passed + all.skipped === 0) process.exitCode = 1;
}

/** To each machine about as much: the longest files first, each to who has the least. */
function dealt(files: readonly string[]): string[][] {
  const groups = Array.from({ length: MACHINES }, () => ({ size: 0, files: [] as string[] }));
  const bySize = files.map((path) => ({ path, size: statSync(path).size }));
  for (const { path, size } of bySize.sort((one, other) => other.size - one.size)) {
    const least = groups.reduce((one, other) => (other.size < one.size ? other : one));
    least.size += size;
    least.files.push(relative(SPEC_TESTS, path));
  }
  return groups.map(({ files }) => files).filter((files) => files.length > 0);
}

/** Its output comes whole, at its end: two at once would mix theirs. */
async function runGroup(files: string[]): Promise<Counts> {
  const { RUNTIME, SPEC_TEST, SPEC_PATIENCE = "4" } = process.env;
  const variables = Object.entries({ RUNTIME, SPEC_TEST, SPEC_PATIENCE }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`${name}=${value}`]),
  );
  const command = [...variables, "tsx", "spec-tests/run.ts", ...files];
  const child = spawn(join(HERE, "run"), ["--timeout", String(TIMEOUT_S), ...command], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  process.stdout.write(output);
  process.stderr.write(errors);
  return judge(countsOf(output, "plain", code), code);
}

await main(process.argv.slice(2));
