// Many containers at once and one after the other, under dockerd and containerd, with trunc and its peers as the runtime:
// time, CPU, memory, and whether all went away. See README.md. Use: load.ts [--parallel N] [--sequence N] [--execs N]
// [--engines docker,containerd] [--runtimes trunc,runc,crun] [--out DIRECTORY] [--page FILE]

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { runInBox, sweep } from "./box/box.ts";
import { makeImages, REPOSITORY } from "./images.ts";
import { type AnyKind, KINDS } from "./kinds.ts";
import type { Measured } from "./load/measure.ts";
import { formatPage } from "./load/page.ts";
import { DEBIAN, fetchEngines, runtimePath, TSX } from "./programs.ts";

const { values } = parseArgs({
  options: {
    parallel: { type: "string", default: "200" },
    sequence: { type: "string", default: "1000" },
    execs: { type: "string", default: "100" },
    engines: { type: "string", default: "docker,containerd" },
    runtimes: { type: "string", default: "trunc,runc,crun" },
    out: { type: "string", default: join(REPOSITORY, "dist", "bench-load") },
    /** The page that gets the table; beside it, as JSON, what is measured and what an earlier run measured of other engines. */
    page: { type: "string" },
  },
});

if (process.getuid?.() !== 0) {
  console.error("load: must be root");
  process.exit(1);
}
sweep();
const kinds = KINDS.filter(({ name }) => values.engines.split(",").includes(name));
fetchEngines(kinds);
const images = makeImages(["busybox"]);
const results: Measured[] = [];
for (const kind of kinds)
  for (const runtime of values.runtimes.split(",")) results.push(await measure(kind, runtime));
conclude();

async function measure({ name: engine, set }: AnyKind, runtime: string): Promise<Measured> {
  const path = runtimePath(runtime, set);
  const work = mkdtempSync(join(tmpdir(), "trunc-load-"));
  const file = join(work, "result.json");
  const inside = join(REPOSITORY, "spec-tests", "engines", "load", "inside.ts");
  const sizes = [values.parallel, values.sequence, values.execs];
  const command = ["node", "--import", TSX, inside, engine, `${runtime}=${path}`, images, file];
  const env = { PATH: `${DEBIAN}/usr/bin:${process.env.PATH}`, BOX_V1: "1" };
  console.log(`${engine}, ${runtime}`);
  try {
    await runInBox([...command, ...sizes], { env });
    return JSON.parse(readFileSync(file, "utf8")) as Measured;
  } finally {
    rmSync(work, { recursive: true });
  }
}

function conclude(): void {
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} CPUs, Linux ${release()}`;
  const file = values.page?.replace(/\.md$/, ".json") ?? join(values.out, "results.json");
  // Of an earlier run: the engines that this one leaves out.
  const old = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")).results as Measured[])
    : [];
  const all = [
    ...old.filter(({ engine }) => results.every((own) => own.engine !== engine)),
    ...results,
  ];
  const report = { date: new Date().toISOString(), machine, results: all };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  const page = formatPage(machine, report.date, all);
  console.log(`\n${page}`);
  if (values.page !== undefined) writeFileSync(values.page, page);
  if (results.some(({ runtime, failed }) => runtime === "trunc" && failed.length > 0))
    process.exitCode = 1;
}
