// Subjects -> measure.c's plan -> samples -> one summary per subject and step.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

export interface Subject {
  readonly name: string;
  readonly env: readonly string[];
  /** "reap": wait until the containers of the steps before are gone. */
  readonly steps: readonly (Step | "reap")[];
  readonly cleanup: readonly string[];
}

export interface Step {
  readonly name: string;
  readonly argv: readonly string[];
}

export interface Summary {
  readonly samples: number;
  readonly wallMs: { readonly median: number; readonly min: number };
  /** User and system time of the command and of the children that it waited for. */
  readonly cpuMs: { readonly median: number; readonly min: number };
  readonly peakRssMb: number;
  readonly pageFaults: number;
}

export interface Failure {
  readonly subject: string;
  readonly step: string;
  readonly message: string;
}

export interface Measured {
  /** By "subject/step". */
  readonly summaries: ReadonlyMap<string, Summary>;
  readonly failures: readonly Failure[];
  /** measure.c's output as it is. */
  readonly raw: string;
}

/** The id that measure.c puts in for each subject and round. */
export const ID = "@ID@";

interface Sample {
  subject: string;
  step: string;
  wallNs: number;
  userUs: number;
  sysUs: number;
  maxRssKb: number;
  minorFaults: number;
  majorFaults: number;
  status?: number;
  stderr?: string;
}

export async function measure(
  tool: string,
  subjects: readonly Subject[],
  options: { rounds: number; warmup: number; prefix: string; signal: AbortSignal },
): Promise<Measured> {
  const args = [String(options.rounds), String(options.warmup), options.prefix];
  const child = spawn(tool, args, { stdio: ["pipe", "pipe", "inherit"] });
  // measure.c cleans up its current container on SIGTERM, so it must be awaited, not abandoned.
  options.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  const exit = once(child, "exit");
  child.stdin.end(planOf(subjects));
  const output = await text(child.stdout);
  const [code] = await exit;
  options.signal.throwIfAborted();
  if (code !== 0 && code !== 1) throw new Error(`${tool}: exit ${code}`);

  const samples: Sample[] = output
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { summaries: summarize(samples), failures: samples.flatMap(failureOf), raw: output };
}

function planOf(subjects: readonly Subject[]): string {
  const lines: string[][] = [];
  for (const { name, env, steps, cleanup } of subjects) {
    lines.push(["subject", name], ...env.map((pair) => ["env", pair]));
    if (cleanup.length > 0) lines.push(["cleanup", ...cleanup]);
    for (const step of steps)
      lines.push(step === "reap" ? ["reap"] : ["step", step.name, ...step.argv]);
  }
  return `${lines.map((fields) => fields.join("\t")).join("\n")}\n`;
}

function summarize(samples: readonly Sample[]): Map<string, Summary> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.status !== undefined) continue;
    const key = `${sample.subject}/${sample.step}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return new Map([...groups].map(([key, group]) => [key, summaryOf(group)]));
}

function summaryOf(group: readonly Sample[]): Summary {
  const wall = group.map(({ wallNs }) => wallNs / 1e6);
  const cpu = group.map(({ userUs, sysUs }) => (userUs + sysUs) / 1e3);
  return {
    samples: group.length,
    wallMs: { median: median(wall), min: Math.min(...wall) },
    cpuMs: { median: median(cpu), min: Math.min(...cpu) },
    peakRssMb: Math.max(...group.map(({ maxRssKb }) => maxRssKb)) / 1024,
    pageFaults: median(group.map(({ minorFaults, majorFaults }) => minorFaults + majorFaults)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

function failureOf({ subject, step, status, stderr }: Sample): Failure[] {
  if (status === undefined) return [];
  const lines = (stderr ?? "").trim().split("\n");
  return [{ subject, step, message: `wait status ${status}: ${lines.at(-1)}` }];
}
