// `npx tsx spec-tests/differential/run.ts [FILTER]`: the same command lines on runc and on trunc, each in a world of its
// own; what differs must be listed. runc is $RUNC, else the one of `make peers`, else that of the machine.
// The last line counts; the exit code judges.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../harness/build.ts";
import { isAtLeast } from "../harness/runtime.ts";
import { makeSandbox } from "../harness/sandbox.ts";
import { ACCEPTED, type Accepted } from "./accepted.ts";
import { type Case, nameOf } from "./case.ts";
import { CASES } from "./cases/index.ts";
import { covers, differences, rowsOf } from "./compare.ts";
import { outcomeOf, type Subject } from "./outcome.ts";

/** A pair of runtimes works through the cases one by one; so many pairs work side by side. */
const PAIRS = 3;

interface Job {
  readonly name: string;
  readonly test: Case;
}

const filter = process.argv[2] ?? "";
const trunc = join(REPOSITORY, "dist", "bin", "trunc");
const runc = findRunc();
const version = /version (\d+\.\d+\.\d+)/.exec(
  execFileSync(runc, ["--version"], { encoding: "utf8" }),
)![1]!;
const age = isAtLeast(version, "1.2") ? "new" : "old";
const table = ACCEPTED.filter(({ since = age }) => since === age);
const seen = new Set<Accepted>();
const counts = { passed: 0, failed: 0, skipped: 0 };

console.log(`runc ${version} (${runc}) and ${trunc}`);
const queue = jobs();
await Promise.all(Array.from({ length: PAIRS }, pair));
checkTable();
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

function findRunc(): string {
  const fetched = join(REPOSITORY, "dist", "peers", "runc");
  const places = [process.env.RUNC ?? fetched, "/usr/sbin/runc", "/usr/bin/runc"];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no runc at ${places.join(", ")}`);
  return found;
}

function jobs(): Job[] {
  const all = [...CASES].flatMap(([name, cases]) =>
    cases.map((test) => ({ name: `${name}: ${nameOf(test)}`, test })),
  );
  return all.filter(({ name, test }) => {
    if (!name.includes(filter)) return false;
    const [since, what] = test.since?.split(": ") ?? ["0"];
    if (isAtLeast(version, since!)) return true;
    console.log(`skip ${name}: since runc ${since}, this is ${version}: ${what}`);
    counts.skipped++;
    return false;
  });
}

async function pair(): Promise<void> {
  const subjects = [runc, trunc].map((program) => newSubject(program));
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    try {
      report(job.name, await compareOne(subjects as [Subject, Subject], job));
    } catch (error) {
      report(job.name, [`could not be tried: ${(error as Error).message}`]);
    }
  }
  for (const { program, sandbox } of subjects) {
    const left = await sandbox.cleanUp();
    if (program === trunc && left.length > 0) report("clean-up", [`left: ${left.join("; ")}`]);
  }
}

function newSubject(program: string): Subject {
  const sandbox = makeSandbox(program);
  // `list` would tell whether the cases before made a container
  mkdirSync(sandbox.stateRoot);
  return { program, sandbox, isReference: program === runc };
}

/** What is different and not accepted, in lines. */
async function compareOne(subjects: [Subject, Subject], { name, test }: Job): Promise<string[]> {
  const [ofRunc, ofTrunc] = await Promise.all(subjects.map((subject) => outcomeOf(subject, test)));
  return differences(ofRunc!, ofTrunc!).flatMap((difference) => {
    const accepted = table.filter((entry) => covers(entry, name, difference));
    for (const entry of accepted) seen.add(entry);
    if (accepted.length > 0) return [];
    return [
      `${difference.part}:`,
      `  runc  ${show(difference.runc)}`,
      `  trunc ${show(difference.trunc)}`,
    ];
  });
}

function report(name: string, problems: readonly string[]): void {
  if (problems.length === 0) counts.passed++;
  else {
    counts.failed++;
    console.log([`FAIL ${name}`, ...problems.map((line) => `  ${line}`)].join("\n"));
  }
}

/** A table that lists what is not so any more hides the next difference. */
function checkTable(): void {
  const page = "docs/differences.md";
  const rows = rowsOf(readFileSync(join(REPOSITORY, page), "utf8"));
  for (const entry of ACCEPTED) {
    if (!rows.has(entry.row)) report(entry.row, [`${page} has no row that begins so`]);
  }
  if (filter !== "") return;
  for (const entry of table) {
    if (seen.has(entry)) continue;
    report(entry.row, [
      `does not occur any more: ${entry.parts.join(", ")} of ${entry.cases ?? "all"}`,
    ]);
  }
}

function show(text: string): string {
  return text.includes("\n") ? JSON.stringify(text) : text;
}
