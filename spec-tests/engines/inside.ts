// In a box: starts one engine with one runtime, tries its features, reports each to a file. Use, by run.ts:
// inside.ts ENGINE RUNTIME=/PATH REPORTS IMAGES [quick] [FEATURE...]

import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine, Feature, Place, Session } from "./feature.ts";
import { KINDS } from "./kinds.ts";
import type { Report } from "./report.ts";

/** Features at a time: two CPUs, and much waiting. */
const LANES = 3;
const TIMEOUT_MS = 180_000;

const [engineName, runtimeWord, reports, images, mode, ...chosen] = process.argv.slice(2);
const kind = KINDS.find(({ name }) => name === engineName)!;
const [runtimeName, runtimePath] = runtimeWord!.split("=");
const place: Place = {
  directory: join(process.env.BOX_DIRECTORY!, "engine"),
  runtime: { name: runtimeName!, path: runtimePath! },
  images: images!,
};
mkdirSync(place.directory);
// What is written to the working directory is the box's: conmon has a file for it.
process.chdir(place.directory);
process.env.PATH = [...kind.path, process.env.PATH].join(":");

const features = kind.features.filter(
  ({ name, isQuick }) =>
    (mode !== "quick" || isQuick === true) && (chosen.length === 0 || chosen.includes(name)),
);
await main();
// An engine that did not start may leave something to wait for.
process.exit();

async function main(): Promise<void> {
  const engine = await attempt("starts", () => kind.start(place));
  if (engine === null) return;
  const queue = features.filter(({ isAlone }) => isAlone !== true);
  const lanes = Array.from({ length: LANES }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await tryFeature(engine, next);
  });
  await Promise.all(lanes);
  for (const feature of features.filter(({ isAlone }) => isAlone === true))
    await tryFeature(engine, feature);
  await attempt("nothing left", async () => {
    const left = await engine.stop();
    if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
  });
}

async function tryFeature(engine: Engine<Session>, feature: Feature<Session>): Promise<void> {
  await attempt(feature.name, async () => {
    const session = await engine.open(feature.name);
    try {
      await inTime(feature.run(session), feature.timeoutMs ?? TIMEOUT_MS);
    } finally {
      await inTime(session.close(), TIMEOUT_MS);
    }
  });
}

/** Runs it and reports; null when it failed. */
async function attempt<T>(feature: string, body: () => Promise<T>): Promise<T | null> {
  const started = Date.now();
  let error: string | null = null;
  let result: T | null = null;
  try {
    result = await body();
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
    if (process.env.ENGINES_VERBOSE && thrown instanceof Error) console.log(thrown.stack);
  }
  const ms = Date.now() - started;
  const report: Report = { engine: kind.name, runtime: place.runtime.name, feature, error, ms };
  appendFileSync(reports!, `${JSON.stringify(report)}\n`);
  const word = error === null ? "ok  " : "FAIL";
  console.log(
    `${word} ${String(ms).padStart(6)} ms  ${kind.name}, ${place.runtime.name}: ${feature}`,
  );
  if (error !== null) console.log(`     ${error.replaceAll("\n", "\n     ")}`);
  return result;
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
