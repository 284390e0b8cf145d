// Runs suites one after the other, each with its own output, and adds up what they counted. The last line is the
// sum; exit code 1 if anything failed. Use: tsx scripts/tally.ts [SUITE...]; `+NAME` adds an extra to all others.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { addCounts, type Counts, countsOf, formatCounts, judge } from "./tally/counts.ts";
import { SUITES, type Suite } from "./tally/suites.ts";

interface Outcome {
  readonly name: string;
  readonly counts: Counts;
  readonly seconds: number;
  readonly remark: string;
}

const LOST_MS = 2_000;

const outcomes: Outcome[] = [];
for (const suite of chosen(process.argv.slice(2))) outcomes.push(await runSuite(suite));

console.log("\n== what was run");
for (const { name, counts, seconds, remark } of outcomes) {
  const line = `${name.padEnd(14)}${formatCounts(counts).padEnd(40)}${seconds.toFixed(0).padStart(4)} s`;
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

async function runSuite(suite: Suite): Promise<Outcome> {
  console.log(`\n== ${suite.name}: ${suite.what}`);
  const reason = whyNot(suite);
  if (reason !== null) {
    console.log(`skip ${suite.name}: ${reason}`);
    const counts = { passed: 0, failed: 0, skipped: 1 };
    return { name: suite.name, counts, seconds: 0, remark: `skipped: ${reason}` };
  }
  const started = process.hrtime.bigint();
  const { output, exitCode } = await runCommand(suite);
  const found = countsOf(output, suite.format, exitCode);
  const counts = judge(found, exitCode);
  const isHidden = counts.failed > (found?.failed ?? 0);
  return {
    name: suite.name,
    counts,
    seconds: Number(process.hrtime.bigint() - started) / 1e9,
    remark: isHidden ? `exit code ${exitCode}${found === null ? ", no counts printed" : ""}` : "",
  };
}

function whyNot({ needs, program }: Suite): string | null {
  if (needs === "root" && process.getuid?.() !== 0) return "needs root";
  if (program !== undefined && spawnSync(program, ["--version"]).error) return `no ${program}`;
  return null;
}

/** What it prints goes on at once, and is kept to be counted. */
async function runCommand({ command, env }: Suite): Promise<{ output: string; exitCode: number }> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const [stream, sink] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      sink.write(text);
      if (sink === process.stdout) output += text;
    });
  }
  const closed = once(child, "close");
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  // A process that a test lost may hold the pipe open.
  await Promise.race([closed, delay(LOST_MS, undefined, { ref: false })]);
  if (signal !== null) console.log(`${program}: killed by ${signal}`);
  return { output, exitCode: code ?? 1 };
}
