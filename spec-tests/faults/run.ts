// npx tsx spec-tests/faults/run.ts [--sample] [--only COMMAND] [--fresh]: fails every system call of every command in
// turn and sees that nothing is lost. Ends with the counts; the exit code is 1 if anything was.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY } from "../harness/build.ts";
import { describe, report } from "./report.ts";
import { sweep } from "./sweep.ts";

const { values } = parseArgs({
  options: {
    sample: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});

/** As many as two CPUs do in the time that the suite has. */
const SAMPLE = 1_000;
const SAMPLE_BUDGET_MS = 200_000;

const record = join(REPOSITORY, "dist", "faults.jsonl");
if (values.fresh) rmSync(record, { force: true });
const options = values.sample
  ? { only: values.only, sample: SAMPLE, budgetMs: SAMPLE_BUDGET_MS, workers: 2 }
  : { only: values.only, record, workers: 2 };
const entries = await sweep(options, (entry) => {
  if (entry.verdict !== "recovered" && entry.verdict !== "not reached")
    console.log(describe(entry));
});
process.exitCode = report(entries) ? 0 : 1;
