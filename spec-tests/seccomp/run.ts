// npx tsx spec-tests/seccomp/run.ts: judges the filter compiler by libseccomp, by the kernel and by itself as native
// code. Ends with the counts; the exit code is 1 if anything failed.

import { runCases } from "./cases.ts";
import { runDifferential } from "./differential.ts";
import { runGolden } from "./golden.ts";
import { runKernel } from "./kernel.ts";
import { runListing } from "./listing.ts";
import { runNativeBuild } from "./native-build.ts";
import { runRules } from "./rules.ts";

// --update rewrites the expected listings, to be read in review
const isUpdate = process.argv.includes("--update");
const tallies = [
  ...runCases(),
  ...runGolden(isUpdate),
  ...runDifferential(),
  ...runKernel(),
  ...runNativeBuild(),
  ...runListing(),
  ...runRules(),
];
for (const tally of tallies) tally.print();
const sum = (count: (tally: (typeof tallies)[number]) => number) =>
  tallies.reduce((total, tally) => total + count(tally), 0);
const failed = sum((tally) => tally.failed);
console.log(
  `${sum((t) => t.passed)} passed, ${failed} failed, ${sum((t) => t.skips.length)} skipped`,
);
process.exit(failed > 0 ? 1 : 0);
