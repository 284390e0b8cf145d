// `npx tsx spec-tests/run.ts [filter...]`: every suite whose path contains one of the filters, one after the other,
// against one runtime ($RUNTIME, default dist/bin/trunc). The last line counts; the exit code judges.

import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { HERE, testFiles } from "./files.ts";
import { reference, runtimePath } from "./harness/runtime.ts";

// uvu's own switch for "do not run before I say so".
const uvu = globalThis as unknown as { UVU_DEFER: 1; UVU_QUEUE: unknown[][]; UVU_INDEX: number };

async function main(filters: readonly string[]): Promise<void> {
  const under = reference();
  process.stdout.write(
    `runtime: ${runtimePath()}${under ? ` (${under.name} ${under.version})` : ""}\n`,
  );
  // Before uvu is loaded, or it would run each suite as soon as it is defined.
  uvu.UVU_DEFER = 1;
  const { exec } = await import("uvu");
  const { counts } = await import("./harness/suite.ts");
  for (const [index, path] of testFiles(filters).entries()) {
    uvu.UVU_QUEUE[index] = [relative(HERE, path)];
    uvu.UVU_INDEX = index;
    await import(pathToFileURL(path).href);
  }
  await exec();
  process.stdout.write(
    `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
  );
  if (counts.failed > 0 || counts.passed + counts.skipped === 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
