// Runs suites and adds up what they counted: one after the other, and beside them, one after the other as well, those
// that mostly wait; their output follows at the end. The last line is the sum; exit code 1 if anything failed.
// Use: tsx scripts/tally.ts [SUITE...]; `+NAME` adds an extra to all others.

import { addCounts, formatCounts } from "./tally/counts.ts";
import { type Outcome, runSuite } from "./tally/run-suite.ts";
import { SUITES, type Suite } from "./tally/suites.ts";

const suites = chosen(process.argv.slice(2));
const aside: string[] = [];
const outcomes = (
  await Promise.all([
    inTurn(
      suites.filter(({ isPatient }) => isPatient !== true),
      (text) => process.stdout.write(text),
    ),
    inTurn(
      suites.filter(({ isPatient }) => isPatient === true),
      (text) => aside.push(text),
    ),
  ])
).flat();
process.stdout.write(aside.join(""));

console.log("\n== what was run");
for (const { name } of suites) {
  const { counts, seconds, remark } = outcomes.find((outcome) => outcome.name === name)!;
  const line = `${name.padEnd(17)}${formatCounts(counts).padEnd(40)}${seconds.toFixed(0).padStart(4)} s`;
  console.log(remark === "" ? line : `${line}  ${remark}`);
}
const sum = addCounts(outcomes.map(({ counts }) => counts));
console.log(formatCounts(sum));
process.exit(sum.failed > 0 ? 1 : 0);

function chosen(names: readonly string[]): Suite[] {
  const extras = names.filter((name) => name.startsWith("+")).map((name) => name.slice(1));
  const only = names.filter((name) => !name.startsWith("+"));
  for (const name of [...extras, ...only]) {
    if (SUITES.some((suite) => suite.name === name)) continue;
    console.error(`no suite ${name}; there are: ${SUITES.map((suite) => suite.name).join(", ")}`);
    process.exit(2);
  }
  if (only.length > 0) return SUITES.filter(({ name }) => only.includes(name));
  return SUITES.filter(({ name, isExtra }) => isExtra !== true || extras.includes(name));
}

async function inTurn(turn: readonly Suite[], print: (text: string) => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const suite of turn) outcomes.push(await runSuite(suite, print));
  return outcomes;
}
