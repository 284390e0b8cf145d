// Tries engines with trunc, and with runc beside it, each in a box of its own, and prints one table. See README.md. Use:
// run.ts [--engines debian|new|NAME,...] [--runtimes trunc,runc] [--quick] [--feature REGEXP]

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runInBox, sweep } from "./box/box.ts";
import { tryBoxes } from "./box/try.ts";
import { ENGINES, makeImages, REPOSITORY } from "./images.ts";
import { type AnyKind, KINDS } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import { DEBIAN, fetchEngines, runtimePath, TSX, whyNot } from "./programs.ts";
import { judge, judgeReference, type Limit, limitOf, type Report } from "./report.ts";
import { type Cell, formatTable } from "./table.ts";

const { values } = parseArgs({
  options: {
    engines: { type: "string", default: "debian" },
    runtimes: { type: "string", default: "trunc,runc" },
    /** What `make test` tries. */
    quick: { type: "boolean", default: false },
    /** Only features whose name this regular expression is found in. */
    feature: { type: "string", default: "" },
  },
});

const INSIDE = join(REPOSITORY, "spec-tests", "engines", "inside.ts");

process.exitCode = await main();

async function main(): Promise<number> {
  const reason = whyNot();
  if (reason !== null) {
    console.log(`skip engines: ${reason}\n0 passed, 0 failed, 1 skipped`);
    return 0;
  }
  sweep();
  const kinds = chosenKinds();
  fetchEngines(kinds);
  const images = makeImages();
  const runtimes = values.runtimes.split(",");
  const reports: Report[] = await tryBoxes();
  for (const kind of kinds)
    for (const runtime of runtimes) reports.push(...(await tryKind(kind, runtime, images, [])));
  reports.push(...(await proofs(kinds, reports, images)));
  return conclude(reports, runtimes[0]!);
}

function chosenKinds(): AnyKind[] {
  const words = values.engines.split(",");
  const named = KINDS.filter(({ name, set }) => words.includes(name) || words.includes(set));
  if (named.length > 0) return named;
  throw new Error(
    `no engine ${values.engines}; there are: ${KINDS.map(({ name }) => name).join(", ")}`,
  );
}

/** One box: the reports that it made, and one on the box itself if that failed. */
async function tryKind(
  kind: AnyKind,
  runtime: string,
  images: string,
  features: readonly string[],
): Promise<Report[]> {
  const path = runtimePath(runtime, kind.set);
  const names = kind.features.map(({ name }) => name);
  const chosen =
    features.length > 0 ? features : names.filter((name) => new RegExp(values.feature).test(name));
  if (chosen.length === 0) return [];
  const work = mkdtempSync(join(tmpdir(), "trunc-reports-"));
  const file = join(work, "reports");
  writeFileSync(file, "");
  const mode = values.quick && features.length === 0 ? "quick" : "all";
  const command = [
    "node",
    "--import",
    TSX,
    INSIDE,
    kind.name,
    `${runtime}=${path}`,
    file,
    images,
    mode,
  ];
  const env = {
    PATH: `${DEBIAN}/usr/bin:${process.env.PATH}`,
    // crun takes no hybrid host.
    ...(runtime === "crun" ? { BOX_V1: "1" } : {}),
  };
  const code = await runInBox([...command, ...chosen], { env });
  const lines = readFileSync(file, "utf8").trim().split("\n").filter(Boolean);
  rmSync(work, { recursive: true });
  const found = lines.map((line) => JSON.parse(line) as Report);
  if (code === 0) return found;
  const report = { engine: kind.name, runtime, feature: "the box", error: `exit ${code}`, ms: 0 };
  return [...found, report];
}

/** Where runc was not asked: what trunc failed for want of something on this machine, once more with runc. */
async function proofs(
  kinds: readonly AnyKind[],
  reports: readonly Report[],
  images: string,
): Promise<Report[]> {
  if (reports.some(({ runtime }) => runtime === "runc")) return [];
  const found: Report[] = [];
  for (const kind of kinds) {
    const limited = reports.filter(
      ({ engine, error }) =>
        engine === kind.name && error !== null && limitOf(error, LIMITS) !== null,
    );
    if (limited.length === 0) continue;
    found.push(
      ...(await tryKind(
        kind,
        "runc",
        images,
        limited.map(({ feature }) => feature),
      )),
    );
  }
  return found;
}

function conclude(reports: readonly Report[], judged: string): number {
  const find = (runtime: string, { engine, feature }: Report) =>
    reports.find(
      (other) => other.engine === engine && other.runtime === runtime && other.feature === feature,
    );
  const cells: Cell[] = reports.map((report) => {
    const { engine, feature, runtime } = report;
    const other = find(runtime === "runc" ? judged : "runc", report);
    const verdict = judge(report, other, LIMITS);
    return {
      feature,
      column: `${engine}, ${runtime}`,
      verdict: runtime === "trunc" ? verdict : judgeReference(verdict, deviation(engine, feature)),
    };
  });
  writeFileSync(join(ENGINES, "results.json"), `${JSON.stringify(reports, null, 1)}\n`);
  console.log(`\n${formatTable(cells)}\n`);
  // A feature that the reference fails is a mistake here: it counts as well.
  const count = (kind: string) => cells.filter(({ verdict }) => verdict.kind === kind).length;
  const skipped = count("cannot here") + count("deviates");
  console.log(`${count("PASS")} passed, ${count("FAIL")} failed, ${skipped} skipped`);
  return count("FAIL") > 0 || count("PASS") === 0 ? 1 : 0;
}

function deviation(engine: string, feature: string): Limit | undefined {
  const kind = KINDS.find(({ name }) => name === engine);
  return kind?.features.find(({ name }) => name === feature)?.deviates;
}
