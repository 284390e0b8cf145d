// npx tsx spec-tests/conformance/run.ts: the validation suite of opencontainers/runtime-tools on dist/bin/trunc, held to
// the table of what it is expected to fail. The last line counts; the exit code is 1 if anything is not as recorded.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../harness/build.ts";
import { isPureV2 } from "../harness/cgroups.ts";
import { unmet } from "../harness/needs.ts";
import { expectedIn, surprise } from "./compare-expected.ts";
import { EXPECTED } from "./expected.ts";
import { runSuite, testNames } from "./runner.ts";

const SUITE = join(REPOSITORY, "dist", "conformance");
const RUNTIME = join(REPOSITORY, "dist", "bin", "trunc");

process.exitCode = await main();

async function main(): Promise<number> {
  const installed = spawnSync(join(import.meta.dirname, "install.sh"), { encoding: "utf8" });
  if (installed.status !== 0) {
    console.log(`skip conformance: can't be built: ${installed.stderr.trim().split("\n").at(-1)}`);
    console.log("0 passed, 0 failed, 1 skipped");
    return 0;
  }
  const world = isPureV2() ? "v2" : "hybrid";
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const target = { name: "trunc", path: RUNTIME };
  const tests = testNames(SUITE);
  for (const test of EXPECTED.flatMap((entry) => entry.tests)) {
    if (tests.includes(test)) continue;
    console.log(`FAIL ${test}: in the table, but not in the suite`);
    counts.failed++;
  }
  await runSuite(SUITE, target, tests, (outcome) => {
    const expected = expectedIn(EXPECTED, outcome.test, world, (need) => unmet([need]) === null);
    const problem = surprise(outcome, expected);
    if (problem !== null) {
      console.log(`FAIL ${outcome.test}: ${problem}`);
      counts.failed++;
    } else if (outcome.failures.length > 0) {
      console.log(`skip ${outcome.test}: ${expected!.cause}: ${expected!.reason}`);
      counts.skipped++;
    } else counts.passed++;
  });
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed > 0 ? 1 : 0;
}
